import { currentAccount, leaveAccount } from './accounts.js';
import { Chat } from './chat.js';
import { byId } from './dom.js';
import { showAccount } from './views/account.js';
import { showAnnouncement } from './views/announcements.js';
import { ConnectionView } from './views/connection-view.js';
import { ConversationView } from './views/conversation-view.js';
import { connectDialogs } from './views/dialogs.js';
import { SidebarView } from './views/sidebar-view.js';
import { showSignIn } from './views/sign-in.js';
import { showToast } from './views/toasts.js';

const account = currentAccount();
if (account) openChat(account);
else showSignIn(openChat);

function openChat(opened) {
  const chat = new Chat(opened);
  const views = [new ConnectionView(chat), new SidebarView(chat), new ConversationView(chat)];
  chat.addEventListener('change', () => {
    for (const view of views) view.show();
    const unread = chat.unread();
    document.title = unread > 0 ? `(${unread}) Treadle Chat` : 'Treadle Chat';
  });
  chat.addEventListener('problem', ({ detail }) => showToast(detail));
  chat.addEventListener('announcement', ({ detail }) => showAnnouncement(detail));
  chat.addEventListener('expelled', () => {
    // The key is kept: perhaps only the server's data folder is another one today.
    leaveAccount();
    void chat.connection.close();
    byId('chat').hidden = true;
    showSignIn(() => location.reload(), `This server does not know ${opened.name} any more. Please pick a name again.`);
  });
  showAccount(chat);
  connectDialogs(chat);
  byId('chat').hidden = false;
  window.addEventListener('hashchange', () => follow(chat));
  follow(chat);
  chat.start();
}

/** Shows what the address bar names: `#/rooms/lobby`, `#/people/Alice`, `#/` for the list. */
function follow(chat) {
  const [, place, id] = /^#\/(rooms|people)\/(.+)$/.exec(location.hash) ?? [];
  if (id) chat.open(place === 'rooms' ? 'room' : 'person', decodeURIComponent(id));
  else if (location.hash === '#/') chat.close();
  else location.replace('#/rooms/lobby');
}
