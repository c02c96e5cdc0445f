const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const DAY_MS = 86_400_000;

/** `14:05`, in the reader's language and time zone. @param {string} iso */
export function timeOf(iso) {
  return TIME.format(new Date(iso));
}

/** `Today`, `Yesterday` or `Monday, 3 March`. @param {string} iso */
export function dayOf(iso) {
  const day = new Date(iso).toDateString();
  if (day === new Date().toDateString()) return 'Today';
  if (day === new Date(Date.now() - DAY_MS).toDateString()) return 'Yesterday';
  return DAY.format(new Date(iso));
}
