// Streamlit opens link buttons in a new tab. Links of our own that sign in, sign out or change the language belong in this one.
const HERE = ["/sign-in/", "/sign-out", "/language/"];
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.("a[target=_blank]");
    if (link && link.origin === location.origin && HERE.some((path) => link.pathname.startsWith(path))) {
      link.target = "_self";
    }
  },
  true,
);
