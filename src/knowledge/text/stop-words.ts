/**
 * Words that say nothing about what a text is about, by language. Question words are listed apart: they tell titles apart
 * ("Who approves..." from "How do I..."), so titles keep them. Source of that rule: measured, docs/decisions/0004-retrieval.md.
 * Lists are without accents, as words are looked up. The lists also serve to tell languages apart.
 */
const lists: Readonly<Record<string, { readonly words: string; readonly questions: string }>> = {
  en: {
    words:
      "a about above after again all also am an and any are arent as at be because been before being below both but by cant could couldnt did didnt doesnt dont down during each else ever few for from further get gets getting go goes going got had hadnt has hasnt have havent having he her here hers him his i id ill im ive if in into is isnt it itd itll its just let like may me might more most my need needs no nor not now of off on once one only onto or other our out over own please same she should so some such than that thats the their them then there theres these they theyre this those through to too under until up upon us very want was wasnt we wed well were weve werent will with wont would wouldnt yes you youd youll youre youve your",
    questions: "can do does how many much must what whats when where which who whos whom whose why",
  },
  de: {
    words:
      "ab aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist da dabei damit dann das dass dein deine dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch du durch ein eine einem einen einer eines er es etwas euch fur gegen gibt habe haben hat hatte hier hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jeden jeder jedes kein keine keinen mehr mein meine meinem meinen meiner mich mir mit nach nicht noch nun nur ob oder ohne sehr sein seine seinen seiner sich sie sind so sondern uber um und uns unser unsere unter viel vom von vor wahrend war waren weil wenn werde werden wie wieder wir wird wurde wurden zu zum zur zwischen",
    questions:
      "bekomme bekommen darf durfen kann kannst konnen muss mussen soll sollen wann warum was welche welchem welchen welcher welches wer wie wieviel wieviele wo woher wohin womit",
  },
  fr: {
    words:
      "a ai au aux avec avoir ce ceci cela celle celui ces cet cette chez d dans de des du elle elles en entre est et etre eu fait il ils j je l la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont ou par pas plus pour qu sa sans se sera ses si son sont sous sur t ta te tes toi ton tout toute toutes tous tres tu un une vers vos votre vous y ete etait cest jai dun dune lors ainsi donc",
    questions: "combien comment est-ce faut peut peux pourquoi puis quand que quel quelle quelles quels qui quoi doit dois",
  },
  nb: {
    words:
      "alle at av bare ble bli blir da de deg den denne der dere deres det dette din disse ditt dine du eller en enn er et etter fikk for fra ha hadde han har hans hennes her hun i ikke inn jeg kom man med meg men mer mest min mine mitt mot mye na nar noe noen og ogsa om opp oss over pa sa seg selv sin sine sitt skal som til under ut var ved vi vil vart vare ville vaert",
    questions: "far hva hvem hvilke hvilken hvilket hvor hvordan hvorfor kan ma nar bor mange",
  },
  sv: {
    words:
      "alla att av bara blev bli blir da de den denna deras dem det detta dig din dina ditt du efter ej eller en er era ert ett for fran ha hade han hans har hennes hon i icke in inte jag kan med mig min mina mitt mot mycket nagon nagot nu och om oss over pa sa sedan sig sin sina sitt som till under upp ut utan vad var vara vart varit vid vi vill",
    questions: "far hur kan maste nar vad var varfor vem vilka vilken vilket",
  },
  da: {
    words:
      "af alle at blev blive bliver da de dem den denne der deres det dette dig din dine dit du efter eller en end er et for fra ham han hans har havde hende hendes her hun i ikke ind jeg kun man med mig min mine mit mod ned nogle noget nu og ogsa om op os over pa sa sig sin sine sit skal som til ud under var ved vi vil",
    questions: "far hvad hvem hvilke hvilken hvilket hvor hvordan hvorfor kan ma hvornar",
  },
  nl: {
    words:
      "aan al alle als bij dan dat de den der deze die dit door een en er geen had hebben heeft het hier hij hun ik in is je jij kan maar me mee meer met mij mijn na naar niet nog nu of om omdat ons onze ook op over te tot u uit uw van veel voor waren was we wel werd wij worden wordt zal ze zich zij zijn zo zonder zou",
    questions: "hoe hoeveel kan kun mag moet waar waarom wanneer wat welk welke wie",
  },
  es: {
    words:
      "a al algo ante antes aqui asi aun cada con contra de del desde donde dos el ella ellas ellos en entre era es esa esas ese eso esos esta estaba estan estar este esto estos fue ha haber hay han hasta la las le les lo los mas me mi mis mucho muy ni no nos nosotros o os otra otro para pero por porque se sea ser si sin sobre solo son su sus tambien tan tanto te tener tengo ti tiene todo todos tu tus un una uno unos ya yo y",
    questions: "como cual cuales cuando cuanta cuantas cuanto cuantos debe debo donde puede puedo que quien quienes",
  },
  it: {
    words:
      "a ad ai al alla alle allo anche avere c che chi ci coi col con contro da dal dalla dalle de dei del della delle dello di dopo e ed era essere fra gli ha hanno ho i il in io la le lei li lo loro lui ma mi mia mie miei mio ne nei nel nella nelle no noi non nostro o per piu poi pure se sei senza si sia siamo sono su sua sue sul sulla suo suoi te ti tra tu tua tuo un una uno vi voi vostro",
    questions: "che chi come cosa deve devo dove perche posso puo quale quali quando quanta quante quanti quanto",
  },
  pt: {
    words:
      "a ao aos aquele as ate com da das de dele deles depois do dos e ela elas ele eles em entre era essa esse esta estao este eu foi ha isso isto ja la lhe mais mas me mesmo meu meus minha muito na nao nas nem no nos nossa nosso num o os ou para pela pelas pelo pelos por porque sao se sem ser seu seus so sua suas tambem te tem ter teu tu tua um uma voce voces",
    questions: "como devo onde pode posso qual quais quando quanta quantas quanto quantos que quem",
  },
  ru: {
    words:
      "а без более бы был была были было быть в вам вас весь во вот все всего вы где да для до его ее если есть еще же за здесь и из или им их к как ко когда кто ли мне может мы на над нам нас не него нее нет ни них но ну о об однако он она они оно от очень по под при с со так также такои там те тем то того тоже тои только том ты у уже хотя чего чеи чем что чтобы эта эти это этого этои этот я",
    questions: "где как какие какои когда кто куда можно почему сколько чеи что",
  },
  ar: {
    words:
      "في من على الى عن مع هذا هذه ذلك تلك التي الذي كان كانت هو هي هم ان او و ثم لا ما لم لن قد كل بعد قبل بين عند غير اذا لكن حتى انا نحن انت",
    questions: "هل كم كيف متى اين لماذا من ما ماذا اي",
  },
  ja: {
    words:
      "の は が を に で と も から まで より へ や か ね よ です ます でし まし た て い いる ある する し れ さ なら この その あの これ それ あれ こと もの ため よう など また および なる なり できる でき",
    questions: "何 いつ どこ だれ 誰 どう どの なぜ いくら 何日 何時",
  },
  zh: {
    words:
      "的 了 在 是 我 我们 你 你们 他 她 它 们 和 与 或 及 也 都 就 而 但 这 那 有 没有 不 到 从 对 为 把 被 让 吗 呢 吧 啊 着 过 得 地 要 可以 应 将 由 于 其 之 等 个",
    questions: "什么 怎么 如何 哪里 哪 谁 多少 几 何时 为什么 能 吗",
  },
};

const setOf = (list: string): ReadonlySet<string> => new Set(list.split(" "));

interface StopWords {
  readonly words: ReadonlySet<string>;
  readonly questions: ReadonlySet<string>;
}

/** Stop words of each language that has a list. */
export interface StopWordLists extends ReadonlyMap<string, StopWords> {
  /** Languages in whose list the word stands. */
  langsOf(word: string): readonly string[];
}

export function createStopWords(): StopWordLists {
  const byLang = new Map(
    Object.entries(lists).map(([lang, { words, questions }]) => [lang, { words: setOf(words), questions: setOf(questions) }]),
  );
  const byWord = new Map<string, string[]>();
  for (const [lang, { words, questions }] of byLang) {
    for (const word of new Set([...words, ...questions])) byWord.set(word, [...(byWord.get(word) ?? []), lang]);
  }
  return Object.assign(byLang, { langsOf: (word: string) => byWord.get(word) ?? [] });
}
