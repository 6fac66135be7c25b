// SPDX-License-Identifier: EUPL-1.2
// What HTML must be: valid by the living standard and usable. How it is written is no matter of validity.
export default {
  extends: ["html-validate:recommended"],
  rules: {
    "form-dup-name": ["error", { shared: ["checkbox", "radio", "submit", "button"] }],
    "no-trailing-whitespace": "off",
    "void-style": "off",
    "attribute-boolean-style": "off",
    "attribute-empty-style": "off",
    "long-title": "off",
    "no-inline-style": "off",
    "no-implicit-button-type": "off",
    "prefer-native-element": "off",
    "tel-non-breaking": "off",
    "require-sri": "off",
    "no-redundant-role": "off",
  },
};
