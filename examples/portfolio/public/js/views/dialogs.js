/**
 * Makes a dialog of index.html work: it closes when `submit` has done its work, and stays open with the sentence of what refused it.
 *
 * @param {HTMLDialogElement} dialog
 * @param {() => Promise<void> | void} submit
 */
export function connectDialog(dialog, submit) {
  const form = dialog.querySelector('form');
  const error = dialog.querySelector('.form-error');
  const button = form.querySelector('[type=submit]');
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    error.textContent = '';
  });
  const send = async () => {
    error.textContent = '';
    button.disabled = true;
    try {
      await submit();
      dialog.close();
    } catch (problem) {
      error.textContent = problem.message;
    } finally {
      button.disabled = false;
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
}
