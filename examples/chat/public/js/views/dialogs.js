import { byId, element } from '../dom.js';

/** Makes the dialogs of index.html work. @param {import('../chat.js').Chat} chat */
export function connectDialogs(chat) {
  byId('new-room').addEventListener('click', () => openRoomDialog(chat));
  connectForm(byId('room-dialog'), async ({ title, members }) => {
    const names = members.split(',').map((name) => name.trim());
    const room = await chat.api.createRoom({ title, members: names.filter((name) => name !== '') });
    location.hash = `#/rooms/${encodeURIComponent(room.id)}`;
  });
  connectForm(byId('announcement-dialog'), ({ text }) => chat.api.announce(text));
}

/** Sends the form when it is submitted; the dialog stays open with the server's sentence when it is refused. */
function connectForm(dialog, submit) {
  const form = dialog.querySelector('form');
  const error = dialog.querySelector('.form-error');
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    form.reset();
    error.textContent = '';
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    error.textContent = '';
    const button = form.querySelector('[type=submit]');
    button.disabled = true;
    try {
      await submit(Object.fromEntries(new FormData(form)));
      dialog.close();
    } catch (problem) {
      error.textContent = problem.message;
    } finally {
      button.disabled = false;
    }
  });
}

function openRoomDialog({ people, name: own }) {
  const input = byId('room-members');
  const add = (name) => {
    const names = input.value.split(',').map((each) => each.trim());
    input.value = [...new Set([...names, name])].filter((each) => each !== '').join(', ');
  };
  const others = [...people].filter((name) => name !== own).slice(0, 12);
  const buttons = others.map((name) =>
    element('button', { type: 'button', class: 'suggestion', onclick: () => add(name) }, `+ ${name}`),
  );
  byId('room-suggestions').replaceChildren(...buttons);
  byId('room-dialog').showModal();
}
