// A program with Vercel's AI SDK and its defaults, tools over several steps:
//     node ai_sdk_steps.mjs BASE_URL generateText|streamText
// It tells what became of it as JSON.
import { createOpenAI } from "@ai-sdk/openai";
import * as ai from "ai";

const [baseURL, how] = process.argv.slice(2);
const inputSchema = ai.jsonSchema({
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
});
const tool = (name) =>
    ai.tool({ description: name, inputSchema, execute: ({ city }) => `${name}: ${city} 🌬` });

const sent = [];
const watched = (url, request) => {
    sent.push(request.body);
    return fetch(url, request);
};

const made = await ai[how]({
    model: createOpenAI({ baseURL, apiKey: "any", fetch: watched })("GigaChat-2-Max"),
    prompt: "Погода?",
    tools: { weather: tool("weather"), wind: tool("wind") },
    stopWhen: ai.stepCountIs(5),
    maxRetries: 0,
});
const steps = await made.steps;
const told = {
    text: await made.text,
    calls: steps.flatMap((step) => step.toolCalls.map((call) => call.toolName)),
    said: steps.map((step) => step.text),
    thought: steps.map((step) => step.reasoningText ?? ""),
    warnings: steps.flatMap((step) => step.warnings ?? []),
    references: sent.map((body) => body.split('"item_reference"').length - 1),
    tokens: (await made.totalUsage).totalTokens,
};
console.log(JSON.stringify(told));
