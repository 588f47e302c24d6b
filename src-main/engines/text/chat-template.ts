import { Template } from '@huggingface/jinja';
import { MillpondError } from '../../core/error.ts';
import type { ChatMessage, ToolDefinition } from '../../core/inference.ts';
import type { ReasoningTags } from './reasoning-tags.ts';
import {
  foldSystem,
  mergeTurns,
  type TemplateMessage,
  toTemplateMessages,
  toTemplateTools,
} from './template-messages.ts';
import { readTemplateTraits, type TemplateTraits } from './template-traits.ts';
import type { ToolFormat } from './tool-formats.ts';

export interface ChatToRender {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly reasoning: 'auto' | 'on' | 'off';
  /** End the prompt where the assistant's answer begins. */
  readonly addGenerationPrompt: boolean;
}

export interface RenderedPrompt {
  /** To be tokenised with special tokens; holds the template's own begin-of-text token, if any. */
  readonly text: string;
  /** True when the prompt itself ends inside an open thought. */
  readonly startsInReasoning: boolean;
}

/** One model's chat template, compiled once. */
export interface ChatTemplate {
  /** How this model writes tool calls. */
  readonly toolFormat: ToolFormat;
  /** What this model writes around its thoughts; undefined when it does not think aloud. */
  readonly reasoning: ReasoningTags | undefined;
  /** Throws `invalid-request` with the template's own words when it refuses the chat. */
  render(chat: ChatToRender): RenderedPrompt;
}

export interface ChatTemplateOptions {
  /** The Jinja source out of the model's file; undefined stands for ChatML. */
  readonly template: string | undefined;
  readonly bosToken: string;
  readonly eosToken: string;
  /** Texts of the vocabulary's special tokens: they give away thinking where the template doesn't. */
  readonly specialTokens?: readonly string[];
}

const chatMl = `{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;

/** Rejects a template that is not valid Jinja with `model-load-failed`. */
export function createChatTemplate(options: ChatTemplateOptions): ChatTemplate {
  const source = options.template ?? chatMl;
  const traits = readTemplateTraits(source, options.specialTokens);
  const renderer = new Renderer(compile(source), options, traits);
  return {
    toolFormat: traits.toolFormat,
    reasoning: traits.reasoning,
    render: (chat) => renderer.render(chat),
  };
}

function compile(source: string): Template {
  try {
    return new Template(source);
  } catch (cause) {
    const message = `The model's chat template cannot be read: ${sentenceOf(cause)}`;
    throw new MillpondError('model-load-failed', message, { cause });
  }
}

const systemProbe = 'system-text-is-shown';

class Renderer {
  private readonly template: Template;
  private readonly options: ChatTemplateOptions;
  private readonly traits: TemplateTraits;
  private showsSystem: boolean | undefined;

  constructor(template: Template, options: ChatTemplateOptions, traits: TemplateTraits) {
    this.template = template;
    this.options = options;
    this.traits = traits;
  }

  render(chat: ChatToRender): RenderedPrompt {
    const tools = toTemplateTools(chat.tools);
    const messages = toTemplateMessages(chat.messages, tools, this.traits);
    const values = {
      ...(tools.length > 0 && this.traits.showsTools && { tools }),
      ...(chat.reasoning !== 'auto' && {
        enable_thinking: chat.reasoning === 'on',
        thinking: chat.reasoning === 'on',
      }),
      add_generation_prompt: chat.addGenerationPrompt,
    };
    const text = this.tryForms(messages, values);
    if (!chat.addGenerationPrompt) return { text, startsInReasoning: false };
    return this.finishPrompt(text, chat.reasoning);
  }

  /** Strict templates refuse what others take: the chat as it is, then merged turns, then no system. */
  private tryForms(messages: TemplateMessage[], values: Record<string, unknown>): string {
    const forms = [() => messages, () => mergeTurns(messages), () => foldSystem(messages)];
    const hasSystem = messages.some((message) => message.role === 'system');
    let refusal: unknown;
    for (const form of hasSystem && !this.canShowSystem() ? forms.slice(2) : forms) {
      try {
        return this.run(form(), values);
      } catch (thrown) {
        refusal ??= thrown;
      }
    }
    throw new MillpondError(
      'invalid-request',
      `The model's chat template refuses these messages: ${sentenceOf(refusal)}`,
      { param: 'messages', cause: refusal },
    );
  }

  private canShowSystem(): boolean {
    this.showsSystem ??= this.probeSystem();
    return this.showsSystem;
  }

  private probeSystem(): boolean {
    const messages: TemplateMessage[] = [
      { role: 'system', content: systemProbe },
      { role: 'user', content: 'hi' },
    ];
    try {
      return this.run(messages, { add_generation_prompt: true }).includes(systemProbe);
    } catch {
      return false; // templates without the role refuse it by raising an exception
    }
  }

  private run(messages: readonly TemplateMessage[], values: Record<string, unknown>): string {
    return this.template.render({
      messages,
      bos_token: this.options.bosToken,
      eos_token: this.options.eosToken,
      ...values,
    });
  }

  private finishPrompt(text: string, reasoning: ChatToRender['reasoning']): RenderedPrompt {
    const tags = this.traits.reasoning;
    if (tags === undefined) return { text, startsInReasoning: false };
    const isOpen = text.trimEnd().endsWith(tags.open);
    if (reasoning !== 'off') return { text, startsInReasoning: isOpen };
    // A thought that is over before it began: the only way to say "don't think" to such a template.
    if (isOpen) return { text: `${text.trimEnd()}\n\n${tags.close}\n\n`, startsInReasoning: false };
    if (this.traits.hasThinkingSwitch) return { text, startsInReasoning: false };
    return { text: `${text}${tags.open}\n\n${tags.close}\n\n`, startsInReasoning: false };
  }
}

function sentenceOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.message !== '' ? thrown.message : 'no reason was given';
}
