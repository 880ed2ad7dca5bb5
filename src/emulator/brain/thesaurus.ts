import { stem } from "./words.ts";

/**
 * Everyday English words that may stand for one another, one group a line. General language only: what people call things at work and
 * at home. Nothing here comes from a particular handbook.
 */
const groups = `
vacation holiday pto leave absence
salary pay payday paycheck payroll wage compensation remuneration earnings income
quit leave resign resignation depart departure exit offboard offboarding terminate termination
fire dismiss dismissal terminate termination layoff
hire recruit recruitment hiring
join start onboard onboarding
laptop computer macbook notebook pc device hardware
phone mobile cell smartphone telephone
copy photocopy xerox duplicate
picture photo photograph image
buy purchase order procure
sell sale
money fund funds budget cash allowance stipend
cost price expense fee charge spend amount
reimburse reimbursement refund repay claim
boss manager supervisor
colleague coworker teammate peer
employee staff worker teammate personnel
company firm organisation employer business
job position role
doctor physician
sick ill illness unwell
baby child kid newborn infant son daughter
mother mom mum parent family
father dad parent family
maternity parental pregnancy pregnant birth
paternity parental birth
dog cat pet animal
car vehicle automobile
park parking garage car
bike bicycle cycling
train bus rail subway transit transport
commute commuting transit
trip travel journey
flight fly airfare airline plane
hotel lodging accommodation
food meal lunch dinner breakfast cafeteria canteen eat
drink beer wine alcohol alcoholic liquor whisky whiskey beverage
party celebration event
course class training education learning tuition study
begin start commence
end finish stop expire
deadline due
approve approval authorise authorisation permission permit consent
sign signature approve
forbid prohibit ban
rule policy guideline regulation
report notify notification inform disclose
complain complaint grievance
harass harassment bully bullying
punish punishment retaliate retaliation discipline penalty
secret confidential private
password passphrase credential
email mail
reply answer respond response
ping message contact
fix repair
break damage
lose loss forfeit
steal theft
hack breach compromise incident
internet wifi network
website site
app application tool software program
licence license
install setup
desk workstation
screen monitor display
customer client
vendor supplier
gift present
home house apartment residence
move relocate relocation
remote remotely telecommute telework
office workplace headquarters
insurance insure coverage
retirement pension
stock share equity option
debt loan
owe repay debt
bonus incentive award
raise increase promotion
review evaluation evaluate appraisal assessment
goal objective target
hours schedule
evening night
freelance freelancer moonlight
surname name lastname
marry marriage wedding spouse
die death bereavement funeral
vote voting election poll
volunteer charity
donate donation
journalist reporter press media
lawyer attorney counsel legal
accident injury
quick fast rapid
need require requirement necessary
help support assist assistance
ask request enquire
choose pick select
change modify update edit
remove delete erase cancel
create make set
keep retain hold
show display
receive obtain
talk speak discuss
yearly annual annually year
monthly month
weekly week
daily day
maximum max limit cap most
minimum min least
advance early earlier ahead beforehand
late delay overdue
often frequency frequently
free complimentary
therapy therapist counselling counseling mental
gym fitness wellness
clothes clothing dress attire
visitor guest
colour color
safe safely secure securely security
spread transmit transmission
clean disinfect wash
kids children child
symptom sign
drug medicine medication
treat treatment cure
`;

interface Table {
  /** Stem -> stems of its group. */
  readonly stems: ReadonlyMap<string, ReadonlySet<string>>;
  /** Stem -> words of its group, as written. */
  readonly words: ReadonlyMap<string, readonly string[]>;
}

let built: Table | undefined;

/** Made at the first question, not at import. */
function table(): Table {
  if (built !== undefined) return built;
  const stems = new Map<string, Set<string>>();
  const words = new Map<string, string[]>();
  for (const group of groups
    .trim()
    .split("\n")
    .map((line) => line.split(" "))) {
    for (const word of group) {
      const own = stem(word);
      const others = group.filter((other) => stem(other) !== own);
      stems.set(own, new Set([...(stems.get(own) ?? []), ...others.map(stem)]));
      words.set(own, [...(words.get(own) ?? []), ...others]);
    }
  }
  built = { stems, words };
  return built;
}

/** Words that may stand for one with this stem, in the order of the thesaurus. */
export function synonymsOf(wordStem: string): readonly string[] {
  return [...new Set(table().words.get(wordStem) ?? [])];
}

export function areSynonyms(a: string, b: string): boolean {
  return table().stems.get(a)?.has(b) ?? false;
}
