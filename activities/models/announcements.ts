/** Words by which somebody says that they hand a case on, by language. Each names whom or what, to mean a handover. */
const PHRASES: readonly RegExp[] = [
  // English
  /\b(?:i(?:['\u2019]ll| will| am| ['\u2019]?m going to| am going to| have)|let me|we(?:['\u2019]ll| will))\s+(?:now\s+)?(?:be\s+)?(?:transfer|hand|pass|connect|forward|redirect|escalat|rout)\w*\s+(?:(?:you|this|it|your (?:case|request|issue|call))\s+)?(?:over\s+|on\s+|up\s+)?(?:to|with)\b/i,
  // German
  /\bich\s+(?:werde\s+)?(?:sie|dich|das|ihr anliegen|ihren fall)?\s*(?:jetzt\s+|nun\s+|gleich\s+)?(?:verbinde|leite|gebe|\u00fcbergebe|stelle)\b.*\b(?:weiter|durch|ab|mit|an)\b/i,
  /\bich\s+werde\s+(?:sie|das|ihr anliegen|ihren fall)\b.*\b(?:verbinden|weiterleiten|weitergeben|\u00fcbergeben)\b/i,
  // Spanish
  /\b(?:le|te|lo)\s+(?:transfiero|paso|comunico|derivo|transferir\u00e9|pasar\u00e9)\s+(?:con|a|al)\b/i,
  // French
  /\bje\s+(?:vous|te)\s+(?:transf\u00e8re|passe|mets en relation|redirige|transf\u00e9rerai)\b/i,
];

/** Whom a handover is announced to, when it is one: people and parts of a house. */
const SOMEBODY =
  /\b(?:team|department|colleague|specialist|agent|human|person|representative|supervisor|manager|abteilung|kolleg\w+|mitarbeiter\w*|equipo|departamento|compa\u00f1er\w+|especialista|service|coll\u00e8gue|sp\u00e9cialiste|conseill\w+)\b/i;

/**
 * Whether a text says that the case is handed over: a model that says so and calls nothing leaves its customer
 * waiting for nobody. It may be wrong, so an agent is told once and then believed.
 * Idea: the most reported fault of handoffs by tools, openai-agents-python #2352.
 * @param targets names and domains of those the case could go to
 */
export function announcesHandover(text: string, targets: readonly string[]): boolean {
  const sentences = text.split(/(?<=[.!?\u0964])\s+|\n/u);
  return sentences.some((sentence) => {
    if (!PHRASES.some((phrase) => phrase.test(sentence))) return false;
    const lower = sentence.toLowerCase();
    return (
      SOMEBODY.test(sentence) || targets.some((name) => name !== '' && lower.includes(name.toLowerCase()))
    );
  });
}
