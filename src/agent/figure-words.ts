/**
 * Month names, long and short, of the languages that dates are read in; others are checked by their digits. Written out because asking
 * the engine for them (Intl) takes 50 ms. Order: English, German, French, Norwegian, Swedish, Danish, Spanish, Italian, Dutch, Portuguese, Arabic.
 */
const monthNames = [
  "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sep october/oct november/nov december/dec",
  "januar/jan februar/feb märz/mär april/apr mai juni/jun juli/jul august/aug september/sep oktober/okt november/nov dezember/dez",
  "janvier/janv février/févr mars avril/avr mai juin juillet/juil août septembre/sept octobre/oct novembre/nov décembre/déc",
  "januar/jan februar/feb mars/mar april/apr mai juni/jun juli/jul august/aug september/sep oktober/okt november/nov desember/des",
  "januari/jan februari/feb mars april/apr maj juni juli augusti/aug september/sep oktober/okt november/nov december/dec",
  "januar/jan februar/feb marts/mar april/apr maj juni/jun juli/jul august/aug september/sep oktober/okt november/nov december/dec",
  "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago septiembre/sept octubre/oct noviembre/nov diciembre/dic",
  "gennaio/gen febbraio/feb marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug agosto/ago settembre/set ottobre/ott novembre/nov dicembre/dic",
  "januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug september/sep oktober/okt november/nov december/dec",
  "janeiro/jan fevereiro/fev março/mar abril/abr maio/mai junho/jun julho/jul agosto/ago setembro/set outubro/out novembro/nov dezembro/dez",
  "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
];

/** Month by its name in lower case. */
export const monthsByName: ReadonlyMap<string, number> = new Map(
  monthNames.flatMap((names) =>
    names.split(" ").flatMap((both, index) => both.split("/").map((name) => [name, index + 1] as const)),
  ),
);

const small: Readonly<Record<string, readonly string[]>> = {
  en: "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(
    " ",
  ),
  de: "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig".split(
    " ",
  ),
  fr: "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt".split(
    " ",
  ),
  nb: "null en to tre fire fem seks sju åtte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten tjue".split(
    " ",
  ),
};
const tens: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  en: { thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90, hundred: 100 },
  de: { dreißig: 30, vierzig: 40, fünfzig: 50, sechzig: 60, siebzig: 70, achtzig: 80, neunzig: 90, hundert: 100 },
  fr: { trente: 30, quarante: 40, cinquante: 50, soixante: 60, cent: 100 },
  nb: { tretti: 30, førti: 40, femti: 50, seksti: 60, sytti: 70, åtti: 80, nitti: 90, hundre: 100 },
};

function words(): Map<string, number> {
  const map = new Map<string, number>();
  for (const [language, names] of Object.entries(small)) {
    // One is an article or a pronoun in all four.
    names.forEach((name, value) => void (value === 1 || map.set(name, value)));
    for (const [name, value] of Object.entries(tens[language]!)) map.set(name, value);
  }
  for (const [ten, value] of [["twenty", 20], ...Object.entries(tens.en!).filter(([, v]) => v < 100)] as [string, number][])
    for (let unit = 1; unit <= 9; unit++) map.set(`${ten}-${small.en![unit]}`, value + unit);
  for (const [ten, value] of [["zwanzig", 20], ...Object.entries(tens.de!).filter(([, v]) => v < 100)] as [string, number][])
    for (let unit = 1; unit <= 9; unit++) map.set(`${small.de![unit]}und${ten}`, value + unit);
  return map;
}

/** Number words of English, German, French and Norwegian by value. */
export const numberWords: ReadonlyMap<string, number> = words();

/** What makes a number word a figure: a unit right behind it (an adjective may stand between). */
export const unitPattern =
  /^\s+(?:\p{L}+\s+)?(?:days?|weeks?|months?|years?|hours?|minutes?|percent|per\s?cent|euros?|dollars?|pounds?|working|tage?n?|wochen?|monate?n?|jahre?n?|stunden?|minuten?|prozent|jours?|semaines?|mois|ans?|années?|heures?|dager?|uker?|måneder?|måned|år|timer?|minutter?|prosent|kroner)(?!\p{L})/iu;
