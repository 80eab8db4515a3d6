// One question to a model, streamed, through the same endpoints as any client's.

import { ask, complain, el, form, t } from "./page.js";

const TOOL = { type: "function", function: { name: "get_weather", description: "The weather in a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } } };
const kept = { system: "", question: "Привет! Кто ты?" };

export async function show(place, left) {
  const told = await ask("models", { signal: left });
  if (left.aborted) return;
  const model = el("input", { list: "names", value: told.default, id: "p-model" });
  const system = el("textarea", { id: "p-system" }), question = el("textarea", { id: "p-question" });
  system.value = kept.system;
  question.value = kept.question;
  const temperature = el("input", { type: "number", step: "0.1", min: 0, max: 2, id: "p-temperature" });
  const most = el("input", { type: "number", min: 1, id: "p-most" });
  const picture = el("input", { type: "file", accept: "image/*", id: "p-picture" });
  const tool = el("input", { type: "checkbox" });
  const answer = el("pre", { class: "answer", id: "p-answer", "aria-live": "polite", tabindex: 0 }), changed = el("div");
  const same = el("pre", { tabindex: 0 });
  const field = (word, input) => el("div", { class: "field" }, el("label", { for: input.id }, t(word)), input);
  const button = el("button", { class: "primary" }, t("ask"));
  let asking = null;

  async function body() {
    let content = question.value;
    if (picture.files[0]) content = [{ type: "text", text: question.value }, { type: "image_url", image_url: { url: await dataUrl(picture.files[0]) } }];
    return { model: model.value, stream: true, stream_options: { include_usage: true },
      messages: [...(system.value ? [{ role: "system", content: system.value }] : []), { role: "user", content }],
      ...(temperature.value ? { temperature: Number(temperature.value) } : {}), ...(most.value ? { max_tokens: Number(most.value) } : {}),
      ...(tool.checked ? { tools: [TOOL] } : {}) };
  }
  async function go() {
    if (asking) { asking.abort(); return; }
    asking = new AbortController();
    left.addEventListener("abort", () => asking?.abort());
    button.textContent = t("stop");
    answer.replaceChildren();
    changed.replaceChildren();
    kept.system = system.value;
    kept.question = question.value;
    try {
      const sent = await body();
      same.textContent = code(sent);
      const said = await fetch("/v1/chat/completions", { method: "POST", signal: asking.signal, body: JSON.stringify(sent),
        headers: { "content-type": "application/json", "x-gigagate-form": form } });
      if (!said.ok) throw new Error((await said.json()).error.message);
      for await (const event of events(said.body)) {
        if (event.error) throw new Error(event.error.message);
        const delta = event.choices?.[0]?.delta ?? {};
        if (delta.reasoning_content) answer.append(el("span", { class: "thought" }, delta.reasoning_content));
        if (delta.content) answer.append(delta.content);
        for (const call of delta.tool_calls ?? []) answer.append(`${call.function.name ?? ""}${call.function.arguments ?? ""}`);
        if (event.usage) answer.append(el("span", { class: "quiet" }, `\n\n${event.usage.prompt_tokens} + ${event.usage.completion_tokens} ${t("tokens").toLowerCase()}`));
      }
      const [latest] = (await ask("requests?after=0&most=1")).requests;
      changed.replaceChildren(el("h3", {}, t("changed")), latest?.notes.length
        ? el("ul", {}, latest.notes.map((note) => el("li", {}, note.text))) : el("p", { class: "quiet" }, t("no_rewrites")));
    } catch (error) {
      if (error.name !== "AbortError") { complain(error); answer.append(el("span", { class: "bad" }, error.message)); }
    }
    asking = null;
    button.textContent = t("ask");
  }
  button.addEventListener("click", go);
  place.append(el("datalist", { id: "names" }, told.known.map((one) => el("option", { value: one.name }))),
    el("div", { class: "columns" },
      el("section", { class: "card field" }, field("model", model), field("system", system), field("question", question),
        el("div", { class: "columns" }, field("temperature", temperature), field("max_tokens", most)), field("picture", picture),
        el("label", { class: "check" }, tool, t("tool")), el("p", {}, button)),
      el("section", { class: "card" }, el("h2", {}, t("answer")), answer, changed, el("h3", {}, t("same_request")), same)));
}

const dataUrl = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});

async function* events(stream) {
  let rest = "";
  for await (const piece of pieces(stream.pipeThrough(new TextDecoderStream()))) {
    const lines = (rest + piece).split("\n\n");
    rest = lines.pop();
    for (const line of lines) {
      const said = line.replace(/^data: /, "");
      if (said && said !== "[DONE]" && said.startsWith("{")) yield JSON.parse(said);
    }
  }
}

async function* pieces(stream) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function code(sent) {
  const short = JSON.stringify(sent, (_, value) => (typeof value === "string" && value.startsWith("data:") ? `${value.slice(0, 40)}…` : value), 2);
  const quoted = short.replaceAll("'", "'\\''");
  return `curl ${location.origin}/v1/chat/completions \\\n  -H 'Authorization: Bearer anything' -H 'Content-Type: application/json' \\\n  -d '${quoted}'\n\n` +
    `import json\n\nfrom openai import OpenAI\n\nclient = OpenAI(base_url="${location.origin}/v1", api_key="anything")\nfor chunk in client.chat.completions.create(**json.loads(r'''${short}''')):\n    print(chunk)`;
}
