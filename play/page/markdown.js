// The part of Markdown that Teams draws. Markup of others is text, and an address opens in a tab of its own.

import MarkdownIt from "/page/vendor/markdown-it.js";

const reader = new MarkdownIt("commonmark", { html: false, breaks: true }).disable(["image", "heading", "lheading", "hr"]);

reader.renderer.rules.link_open = (tokens, place, options, _, self) => {
  tokens[place].attrSet("target", "_blank");
  tokens[place].attrSet("rel", "noopener noreferrer");
  return self.renderToken(tokens, place, options);
};

export const markup = (text) => reader.render(text);
