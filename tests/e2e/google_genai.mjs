// What a program does with Google's SDK for Node: the test beside this file reads what it prints.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, baseUrl] = process.argv.slice(2);
const where = createRequire(pathToFileURL(`${folder}/x.js`)).resolve("@google/genai");
const { GoogleGenAI, Type } = await import(pathToFileURL(where));

const ai = new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl } });
const model = "gemini-3-pro-preview";
const said = {};

const whole = await ai.models.generateContent({
  model,
  contents: "Привет",
  config: { systemInstruction: "Ты помощник", maxOutputTokens: 65536 },
});
said.whole = [whole.text, whole.candidates[0].finishReason, whole.modelVersion];

said.streamed = "";
for await (const chunk of await ai.models.generateContentStream({ model, contents: "Сказку" })) {
  said.streamed += chunk.text ?? "";
  said.tokens = chunk.usageMetadata?.promptTokenCount;
}

const chat = ai.chats.create({ model });
said.first = (await chat.sendMessage({ message: "1" })).text;
for await (const chunk of await chat.sendMessageStream({ message: "2" })) {
  said.second = (said.second ?? "") + (chunk.text ?? "");
}
said.third = (await chat.sendMessage({ message: "3" })).text;

const declared = {
  name: "get_weather",
  description: "Погода",
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } } },
};
const tools = [{ functionDeclarations: [declared] }];
const talk = ai.chats.create({ model, config: { tools } });
const asked = await talk.sendMessage({ message: "Погода?" });
const [call] = asked.functionCalls;
said.call = [call.name, call.args];
const functionResponse = { id: call.id, name: call.name, response: { output: "+25 ☀" } };
said.called = (await talk.sendMessage({ message: [{ functionResponse }] })).text;

const callable = {
  tool: async () => tools[0],
  callTool: async (calls) =>
    calls.map(({ id, name }) => ({ functionResponse: { id, name, response: { output: "+7" } } })),
};
const automatic = { model, contents: "Погода?", config: { tools: [callable] } };
said.automatic = (await ai.models.generateContent(automatic)).text;

const schema = { type: Type.OBJECT, properties: { degrees: { type: Type.INTEGER } } };
const json = await ai.models.generateContent({
  model,
  contents: "Погода?",
  config: { responseMimeType: "application/json", responseSchema: schema },
});
said.json = JSON.parse(json.text);

const vectors = await ai.models.embedContent({ model: "gemini-embedding-001", contents: ["а", "б"] });
said.vectors = vectors.embeddings.length;
said.count = (await ai.models.countTokens({ model, contents: "Привет" })).totalTokens;
said.model = (await ai.models.get({ model: "GigaChat-2-Max" })).inputTokenLimit;
said.models = [];
for await (const one of await ai.models.list()) said.models.push(one.name);

try {
  await ai.models.generateContent({ model, contents: "x", config: { cachedContent: "c/1" } });
} catch (error) {
  said.error = [error.name, error.status, JSON.parse(error.message).error.status];
}
console.log(JSON.stringify(said));
