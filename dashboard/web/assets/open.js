// The link's secret stands behind the #: take it into the form and out of the address and the history.
const token = location.hash.slice(1);
document.getElementById("open-token").value = token;
history.replaceState(null, "", location.pathname);
if (!token) {
  document.getElementById("open-form").hidden = true;
  document.getElementById("open-missing").hidden = false;
}
