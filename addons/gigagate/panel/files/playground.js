// One question to a model, streamed, through the same endpoint as any client's.

import { number } from "./locale.js";
import {
  ask,
  check,
  choice,
  code,
  complain,
  el,
  failure,
  field,
  form,
  heading,
  rewrites,
  suggested,
  t,
} from "./page.js";
import { curl, dialects, python } from "./same_request.js";

const TOOL = {
  name: "get_weather",
  description: "The weather in a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const SAME = [
  ["curl", (asked) => curl("chat", asked, "anything")],
  ["Python", (asked) => python(asked, "anything")],
  ["Responses", (asked) => curl("responses", asked, "anything")],
  ["Messages", (asked) => curl("messages", asked, "anything")],
  ["Gemini", (asked) => curl("gemini", asked, "anything")],
];
const kept = { system: "", question: t("first_question"), same: "curl" };

export async function show(place, left) {
  const told = await ask("models", { signal: left });
  if (left.aborted) return;
  const redraw = () => draw();
  const model = el("input", {
    list: "names",
    value: told.default,
    id: "p-model",
    required: true,
    oninput: redraw,
  });
  const system = el("textarea", { id: "p-system", rows: 2, oninput: redraw }),
    question = el("textarea", { id: "p-question", rows: 4, required: true, oninput: redraw });
  system.value = kept.system;
  question.value = kept.question;
  const temperature = el("input", {
    type: "number",
    step: "0.1",
    min: 0,
    max: 2,
    id: "p-temperature",
    oninput: redraw,
  });
  const most = el("input", { type: "number", min: 1, id: "p-most", oninput: redraw });
  const file = el("input", {
    type: "file",
    accept: "image/*",
    id: "p-picture",
    onchange: async () => {
      picture = file.files[0] ? await dataUrl(file.files[0]) : undefined;
      draw();
    },
  });
  const tool = el("input", { type: "checkbox", onchange: redraw });
  const answer = el("div", {
      class: "answer",
      id: "p-answer",
      role: "log",
      "aria-label": t("answer"),
      tabindex: 0,
    }),
    changed = el("div"),
    same = el("div");
  const button = el("button", { class: "primary" }, t("ask"));
  const tabs = choice(
    t("same_request"),
    SAME.map(([name]) => [name, name]),
    kept.same,
    (name) => {
      kept.same = name;
      draw();
    },
  );
  let asking = null,
    picture;

  const asked = () => ({
    model: model.value,
    system: system.value,
    question: question.value,
    picture,
    tool: tool.checked ? TOOL : undefined,
    temperature: temperature.value ? Number(temperature.value) : undefined,
    most: most.value ? Number(most.value) : undefined,
  });
  function draw() {
    same.replaceChildren(code(SAME.find(([name]) => name === kept.same)[1](asked()), kept.same));
  }
  async function go(event) {
    event.preventDefault();
    if (asking) {
      asking.abort();
      return;
    }
    asking = new AbortController();
    button.textContent = t("stop");
    answer.replaceChildren(el("span", { class: "quiet" }, t("thinking")));
    changed.replaceChildren();
    Object.assign(kept, { system: system.value, question: question.value });
    const began = Date.now() / 1000 - 1;
    try {
      await stream(answer, asked(), asking.signal);
      const { requests } = await ask("requests?after=0");
      const answered = requests.find((one) => one.client === "playground" && one.time > began);
      changed.replaceChildren(
        el("h3", { class: "apart" }, t("changed")),
        rewrites(answered?.notes),
      );
    } catch (error) {
      if (error.name !== "AbortError") {
        complain(error);
        answer.replaceChildren(el("span", { class: "bad" }, error.message));
      }
    }
    asking = null;
    button.textContent = t("ask");
  }
  left.addEventListener("abort", () => asking?.abort());
  place.append(
    suggested(told.known),
    heading("playground"),
    el(
      "div",
      { class: "columns" },
      el(
        "form",
        { class: "card fields", onsubmit: go },
        field("model", model),
        field("system", system),
        field("question", question),
        el("div", { class: "two" }, field("temperature", temperature), field("max_tokens", most)),
        field("picture", file),
        check("tool", tool),
        el("p", {}, button),
      ),
      el("section", { class: "card" }, el("h3", {}, t("answer")), answer, changed),
    ),
    el(
      "section",
      { class: "card" },
      el("div", { class: "heading" }, el("h3", {}, t("same_request")), tabs),
      same,
    ),
  );
  draw();
}

async function stream(answer, asked, signal) {
  const [path, , body] = dialects.chat(asked);
  const said = await fetch(path, {
    method: "POST",
    signal,
    body: JSON.stringify({ ...body, stream_options: { include_usage: true } }),
    headers: { "content-type": "application/json", "x-gigagate-form": form },
  });
  if (!said.ok) throw failure((await said.json()).error, said.statusText);
  answer.replaceChildren();
  for await (const event of events(said.body)) {
    if (event.error) throw failure(event.error);
    const delta = event.choices?.[0]?.delta ?? {};
    if (delta.reasoning_content)
      answer.append(el("span", { class: "thought" }, delta.reasoning_content));
    if (delta.content) answer.append(delta.content);
    for (const call of delta.tool_calls ?? [])
      answer.append(el("code", {}, `${call.function.name ?? ""}${call.function.arguments ?? ""}`));
    if (event.usage)
      answer.append(
        el(
          "p",
          { class: "quiet" },
          t("tokens_of", {
            prompt: number(event.usage.prompt_tokens),
            cached: number(event.usage.prompt_tokens_details?.cached_tokens ?? 0),
            completion: number(event.usage.completion_tokens),
          }),
        ),
      );
  }
}

const dataUrl = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const said = part.replace(/^data: /, "");
      if (said.startsWith("{")) yield JSON.parse(said);
    }
  }
}
