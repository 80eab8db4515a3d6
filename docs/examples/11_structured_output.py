"""An answer as an object of yours: a JSON schema goes with the request, and the answer keeps to it.

Models that do not take a schema are asked through a function; your program sees no difference.
"""

import os

from openai import OpenAI
from pydantic import BaseModel

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = OpenAI(base_url=base_url, api_key="anything")


class Ingredient(BaseModel):
    name: str
    grams: int


class Recipe(BaseModel):
    title: str
    minutes: int
    ingredients: list[Ingredient]


answer = client.chat.completions.parse(
    model="gigachat",
    messages=[{"role": "user", "content": "Рецепт сырников."}],
    response_format=Recipe,
)
recipe = answer.choices[0].message.parsed
assert recipe is not None
print(f"{recipe.title}, {recipe.minutes} min")
for ingredient in recipe.ingredients:
    print(f"  {ingredient.grams:5} g  {ingredient.name}")
