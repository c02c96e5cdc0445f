import { Desk } from './desk.js';
import { byId } from './dom.js';
import { currentSignIn, forgetSignIn } from './sign-in-store.js';
import { showAccount } from './views/account.js';
import { showActivity } from './views/activity.js';
import { AlertDialog } from './views/alert-dialog.js';
import { showAlerts } from './views/alerts.js';
import { ConnectionView } from './views/connection-view.js';
import { MarketView } from './views/market-view.js';
import { showOnline } from './views/online.js';
import { PortfolioView } from './views/portfolio-view.js';
import { showSignIn } from './views/sign-in.js';
import { TradeDialog } from './views/trade-dialog.js';

const signIn = currentSignIn();
if (signIn) openDesk(signIn);
else void showSignIn(openDesk);

function openDesk(opened) {
  const desk = new Desk(opened);
  const tradeDialog = new TradeDialog(desk);
  const alertDialog = new AlertDialog(desk);
  const onTrade = (ticker) => tradeDialog.open(ticker);
  const onAlert = (ticker) => alertDialog.open(ticker);
  const views = [
    new ConnectionView(desk),
    new MarketView(desk, { onTrade, onAlert }),
    new PortfolioView(desk, { onTrade }),
  ];
  for (const view of views) view.start();
  showOnline(desk);
  showAlerts(desk);
  showActivity(desk);
  showAccount(opened, desk);
  desk.connection.addEventListener('rejected', () => {
    forgetSignIn();
    byId('desk').hidden = true;
    for (const dialog of document.querySelectorAll('dialog')) dialog.close();
    void showSignIn(() => location.reload(), 'The server has been restarted. Please choose again who you are.');
  });
  byId('desk').hidden = false;
  desk.start();
}
