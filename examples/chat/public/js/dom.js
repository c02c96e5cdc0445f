/**
 * Makes an element. Texts become text nodes, never markup: what people write cannot become part of the page's code.
 *
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>} [properties] `on…` functions listen, `true` is an empty attribute, null and false are left out
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** The element with this id in index.html. @param {string} id */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * Makes the children of `parent` show `items`, keeping the nodes of items that were there before: focus, selection and scroll
 * position stay, and screen readers hear of new ones only.
 *
 * @template T
 * @param {HTMLElement} parent
 * @param {readonly T[]} items
 * @param {{ key: (item: T) => string, version: (item: T) => string, render: (item: T) => HTMLElement }} how
 *   a node is rendered anew when the version of its item has changed
 */
export function showItems(parent, items, { key, version, render }) {
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const known = before.get(key(item));
    const isSame = known?.dataset.version === version(item);
    const node = isSame ? known : render(item);
    node.dataset.key = key(item);
    node.dataset.version = version(item);
    if (known && !isSame) replaceKeepingFocus(known, node);
    before.delete(key(item));
    if (place === known) place = node;
    if (place === node) place = node.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const gone of before.values()) gone.remove();
}

function replaceKeepingFocus(old, node) {
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(node);
  if (hadFocus) (node.matches('a, button') ? node : node.querySelector('a, button'))?.focus();
}
