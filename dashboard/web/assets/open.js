// The link's secret stands behind the #: take it into the form and out of the address and the history.
const token = location.hash.slice(1);
document.getElementById("open-token").value = token;
history.replaceState(null, "", location.pathname);
// Some mail gateways cut it off: then what else one can do is shown, such as the short code of the same mail.
document.getElementById("open-form").hidden = !token;
document.getElementById("open-other").hidden = Boolean(token);
