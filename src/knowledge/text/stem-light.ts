/**
 * Light stemming by suffix lists: enough to bring the forms of a word together, never more than a search needs.
 * Words come in lower case without accents. Lists after the published light stemmers (Savoy, UniNE; Snowball; Larkey's light10 for Arabic),
 * cut down to the endings that inflect.
 */
interface Rules {
  /** Longest first is not needed: the longest matching ending is taken. */
  readonly endings: string;
  /** Letters that must remain. */
  readonly keep: number;
  /** How often endings are taken off. */
  readonly passes: number;
}

const rules: Readonly<Record<string, Rules>> = {
  de: {
    endings: "e en em er ern es s n st est ung ungen heit heiten keit keiten lich liche lichen licher lichkeit isch ische ischen",
    keep: 4,
    passes: 2,
  },
  fr: {
    endings:
      "s x e es ee ees er ez ent ant ante antes ants ement ements ment ments ation ations ations ition itions eur eurs euse euses atrice atrices ateur ateurs ite ites if ifs ive ives able ables ible ibles iste istes ance ances ence ences ique iques ais ait aient ions iez era eront erait ir issement issements aux al ale ales",
    keep: 4,
    passes: 2,
  },
  nb: {
    endings:
      "a e en et er ene ane s ens ets ers ede edes ende endes ert erte het heten heter hetene ing ingen inger ingene lig lige ligere eren erne es as ast",
    keep: 3,
    passes: 2,
  },
  sv: {
    endings:
      "a ar are aren arna as ade ad e en er erna ens et ets het heten heterna igt iga ig ing ingen ingar ingarna or orna s na n t",
    keep: 3,
    passes: 2,
  },
  da: {
    endings:
      "e en er ene ens erne ernes es et ets ede ende endes ere eren hed heden heder s ing ingen inger ingerne lig lige ligt",
    keep: 3,
    passes: 2,
  },
  nl: { endings: "e en er ers es s st t te ten de den heid heden ing ingen lijk lijke", keep: 4, passes: 2 },
  es: {
    endings:
      "s es a as o os e mente cion ciones sion siones idad idades ado ada ados adas ido ida idos idas ar er ir ando iendo aba aban aron ieron ara aran are imos amos emos able ables ible ibles amiento amientos imiento imientos ista istas ivo iva ivos ivas dor dora dores",
    keep: 4,
    passes: 2,
  },
  it: {
    endings:
      "a e i o mente zione zioni sione sioni ita ato ata ati ate ito ita iti ite uto uta uti ute are ere ire ando endo ava avano amento amenti imento imenti abile abili ibile ibili ista isti iste ivo iva ivi ive tore tori trice trici",
    keep: 4,
    passes: 2,
  },
  pt: {
    endings:
      "s es a as o os e mente cao coes sao soes idade idades ado ada ados adas ido ida idos idas ar er ir ando endo indo ava avam aram eram ara arao avel aveis ivel iveis amento amentos imento imentos ista istas ivo iva ivos ivas dor dora dores oes ais",
    keep: 4,
    passes: 2,
  },
  ru: {
    endings:
      "а я ы и у ю е о ь ом ем ои еи ам ям ами ями ах ях ов ев ии ия ие иям иях ыи ая ое ые ого его ому ему ым им ых их ую юю ать ять ить еть ал ала али ил ила или ет ит ут ют ат ят ешь ишь ость ости остью ение ения ению ании ание ания ся сь ться",
    keep: 3,
    passes: 2,
  },
};

/** Makes the stemmers of all light languages. */
export function createLightStemmers(): ReadonlyMap<string, (word: string) => string> {
  const stemmers = new Map<string, (word: string) => string>();
  for (const [lang, { endings, keep, passes }] of Object.entries(rules)) {
    const sorted = [...new Set(endings.split(" "))].sort((a, b) => b.length - a.length);
    stemmers.set(lang, (word) => {
      let stem = word;
      for (let pass = 0; pass < passes; pass++) {
        const ending = sorted.find((candidate) => stem.endsWith(candidate) && stem.length - candidate.length >= keep);
        if (ending === undefined) break;
        stem = stem.slice(0, -ending.length);
      }
      return stem;
    });
  }
  stemmers.set("ar", stemArabic);
  return stemmers;
}

function stemArabic(word: string): string {
  let stem = word.replaceAll("ى", "ي").replace(/ة$/, "ه");
  if (stem.length > 3) stem = stem.replace(/^و(?=.{3})/, "");
  stem = stem.replace(/^(?:ال|بال|كال|فال|لل)(?=.{2})/, "");
  for (let pass = 0; pass < 2; pass++) stem = stem.replace(/(?<=.{2})(?:ها|ان|ات|ون|ين|يه|ه|ي)$/, "");
  return stem;
}
