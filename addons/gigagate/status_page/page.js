for (const button of document.querySelectorAll(".copy")) {
  const word = button.textContent;
  button.addEventListener("click", async () => {
    const text = button.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = document.querySelector(".setups").dataset.copied;
      setTimeout(() => {
        button.textContent = word;
      }, 2000);
    } catch {
      getSelection().selectAllChildren(text);
    }
  });
}
setInterval(async () => {
  if (document.hidden || !getSelection().isCollapsed) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) throw answer;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelectorAll(".live");
    document.querySelectorAll(".live").forEach((part, i) => part.replaceWith(fresh[i]));
  } catch {
    const pill = document.querySelector(".pill");
    pill.className = "pill bad";
    pill.textContent = document.body.dataset.gone;
  }
}, 3000);
