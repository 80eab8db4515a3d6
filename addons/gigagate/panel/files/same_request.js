// One question as each client would send it: OpenAI's two APIs, Anthropic's, Google's; as curl and Python.

const DATA = /^data:([^;,]+);base64,(.*)$/s;

/** asked: {model, system, question, temperature, most, picture (data: URL), tool}.  Each: [path, headers, body]. */
export const dialects = {
  chat: (asked) => [
    "/v1/chat/completions",
    bearer,
    {
      model: asked.model,
      stream: true,
      messages: [
        ...(asked.system ? [{ role: "system", content: asked.system }] : []),
        {
          role: "user",
          content: asked.picture
            ? [
                { type: "text", text: asked.question },
                { type: "image_url", image_url: { url: asked.picture } },
              ]
            : asked.question,
        },
      ],
      ...some("temperature", asked.temperature),
      ...some("max_tokens", asked.most),
      ...some("tools", asked.tool && [{ type: "function", function: asked.tool }]),
    },
  ],
  responses: (asked) => [
    "/v1/responses",
    bearer,
    {
      model: asked.model,
      stream: true,
      ...some("instructions", asked.system),
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: asked.question },
            ...(asked.picture ? [{ type: "input_image", image_url: asked.picture }] : []),
          ],
        },
      ],
      ...some("temperature", asked.temperature),
      ...some("max_output_tokens", asked.most),
      ...some("tools", asked.tool && [{ type: "function", ...asked.tool }]),
    },
  ],
  messages: (asked) => [
    "/v1/messages",
    (key) => ({ "x-api-key": key, "anthropic-version": "2023-06-01" }),
    {
      model: asked.model,
      stream: true,
      max_tokens: asked.most ?? 1024,
      ...some("system", asked.system),
      messages: [
        {
          role: "user",
          content: [
            ...pictures(asked, (media_type, data) => ({
              type: "image",
              source: { type: "base64", media_type, data },
            })),
            { type: "text", text: asked.question },
          ],
        },
      ],
      ...some("temperature", asked.temperature),
      ...some(
        "tools",
        asked.tool && [
          {
            name: asked.tool.name,
            description: asked.tool.description,
            input_schema: asked.tool.parameters,
          },
        ],
      ),
    },
  ],
  gemini: (asked) => [
    `/v1beta/models/${encodeURIComponent(asked.model)}:streamGenerateContent?alt=sse`,
    (key) => ({ "x-goog-api-key": key }),
    {
      ...some("systemInstruction", asked.system && { parts: [{ text: asked.system }] }),
      contents: [
        {
          role: "user",
          parts: [
            { text: asked.question },
            ...pictures(asked, (mimeType, data) => ({ inlineData: { mimeType, data } })),
          ],
        },
      ],
      ...some(
        "generationConfig",
        (asked.temperature !== undefined || asked.most) && {
          ...some("temperature", asked.temperature),
          ...some("maxOutputTokens", asked.most),
        },
      ),
      ...some("tools", asked.tool && [{ functionDeclarations: [asked.tool] }]),
    },
  ],
};

const bearer = (key) => ({ authorization: `Bearer ${key}` });
const some = (name, value) =>
  value === undefined || value === "" || value === false || value === null ? {} : { [name]: value };

function pictures(asked, made) {
  const found = DATA.exec(asked.picture ?? "");
  return found ? [made(found[1], found[2])] : [];
}

/** Pictures are too long to be read. */
const written = (body) =>
  JSON.stringify(
    body,
    (_, value) =>
      typeof value === "string" && value.length > 2000 ? `${value.slice(0, 40)}…` : value,
    2,
  );

export function curl(name, asked, key) {
  const [path, headers, body] = dialects[name](asked);
  const lines = Object.entries({ ...headers(key), "content-type": "application/json" }).map(
    ([header, value]) => `  -H '${header}: ${value}' \\`,
  );
  return [
    `curl '${location.origin}${path}' \\`,
    ...lines,
    `  -d '${written(body).replaceAll("'", "'\\''")}'`,
  ].join("\n");
}

export function python(asked, key) {
  const [, , body] = dialects.chat(asked);
  return [
    "import json",
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url="${location.origin}/v1", api_key="${key}")`,
    `asked = json.loads(r'''${written(body).replaceAll("'''", "\\u0027\\u0027\\u0027")}''')`,
    "for chunk in client.chat.completions.create(**asked):",
    "    if chunk.choices:",
    '        print(chunk.choices[0].delta.content or "", end="")',
  ].join("\n");
}
