"""A form of five questions in the way of the SDK's multi-turn sample (samples/python/05.multi-turn-prompt).

Waterfall dialog, prompts, ConversationState and UserState over MemoryStorage, on the stock adapter.
"""

import peer
from aiohttp import web
from botbuilder.core import (
    ActivityHandler,
    ConversationState,
    MemoryStorage,
    MessageFactory,
    TurnContext,
    UserState,
)
from botbuilder.dialogs import (
    Dialog,
    DialogSet,
    DialogTurnStatus,
    WaterfallDialog,
    WaterfallStepContext,
)
from botbuilder.dialogs.choices import Choice
from botbuilder.dialogs.prompts import (
    ChoicePrompt,
    ConfirmPrompt,
    NumberPrompt,
    PromptOptions,
    TextPrompt,
)
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from configured import Config

CONVERSATIONS = ConversationState(MemoryStorage())
USERS = UserState(MemoryStorage())
PROFILES = USERS.create_property("Profile")


def asked(text: str) -> PromptOptions:
    return PromptOptions(prompt=MessageFactory.text(text))


async def scheme(step: WaterfallStepContext):
    choices = [Choice("decentralised"), Choice("regional")]
    prompt = MessageFactory.text("Which scheme?")
    return await step.prompt(ChoicePrompt.__name__, PromptOptions(prompt=prompt, choices=choices))


async def title(step: WaterfallStepContext):
    step.values["scheme"] = step.result.value
    return await step.prompt(TextPrompt.__name__, asked("What is it called?"))


async def has_partner(step: WaterfallStepContext):
    step.values["title"] = step.result
    return await step.prompt(ConfirmPrompt.__name__, asked("With a university?"))


async def cost(step: WaterfallStepContext):
    step.values["has_partner"] = step.result
    return await step.prompt(NumberPrompt.__name__, asked("What does it cost?"))


async def sure(step: WaterfallStepContext):
    step.values["cost"] = step.result
    return await step.prompt(ConfirmPrompt.__name__, asked("Is this right?"))


async def finished(step: WaterfallStepContext):
    profile = await PROFILES.get(step.context, dict)
    profile.update(step.values, confirmed=step.result)
    await step.context.send_activity(f"Noted: {profile['title']}")
    return await step.end_dialog()


class DialogBot(ActivityHandler):
    def __init__(self) -> None:
        self.dialogs = DialogSet(CONVERSATIONS.create_property("DialogState"))
        self.dialogs.add(WaterfallDialog("form", [scheme, title, has_partner, cost, sure, finished]))
        for prompt in (TextPrompt, ChoicePrompt, ConfirmPrompt, NumberPrompt):
            self.dialogs.add(self.named(prompt))

    @staticmethod
    def named(prompt: type) -> Dialog:
        return prompt(prompt.__name__)

    async def on_turn(self, turn_context: TurnContext):
        await super().on_turn(turn_context)
        await CONVERSATIONS.save_changes(turn_context)
        await USERS.save_changes(turn_context)

    async def on_message_activity(self, turn_context: TurnContext):
        context = await self.dialogs.create_context(turn_context)
        result = await context.continue_dialog()
        if result.status == DialogTurnStatus.Empty:
            await context.begin_dialog("form")


ADAPTER = CloudAdapter(ConfigurationBotFrameworkAuthentication(Config()))
BOT = DialogBot()


async def messages(request: web.Request) -> web.Response:
    return await ADAPTER.process(request, BOT)


peer.serve(messages)
