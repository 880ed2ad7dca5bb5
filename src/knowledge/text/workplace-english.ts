/**
 * What people at work call the same thing, in general English: asked word or phrase, then what a document may call it.
 * Entries stand between bars; `_` joins the words of a phrase. One direction only: "whisky" asks about gifts, "gift" not about whisky.
 * Written for this project; what it gains is measured in docs/decisions/0004-retrieval.md.
 */
export const workplaceEnglish = `
vacation: holiday pto leave time_off day_off days_off annual_leave break getaway
sick: ill illness unwell sickness flu disease medical | injury: injured hurt accident wound
doctor: physician gp medical dentist appointment
therapy: therapist counseling counselling counselor psychologist mental
cancer: illness disease serious medical condition
disability: disabled handicap handicapped accommodation ada impairment
pregnant: pregnancy maternity expecting birth childbirth
maternity: paternity parental newborn baby birth adoption parent | baby: newborn infant child
kid: child son daughter dependent dependant | mom: mother mum parent family | dad: father parent family
wife: husband spouse partner married | married: marriage wedding spouse
married_name: maiden surname last_name family_name name_change | surname: last_name family_name name
grandmother: grandfather grandparent relative family sibling brother sister
look_after: take_care caregiver caregiving carer care | daycare: nursery childcare nanny babysitter
died: death funeral bereavement decease | divorce: divorced separation
pay: salary wage compensation paycheck remuneration earnings income | earn: salary pay wage income accrue accumulate
paid: payday payroll paycheck | payday: pay_day payroll paycheck | raise: pay_rise pay_raise increase merit promotion
bonus: incentive reward commission | overtime: extra_hours additional_hours
side_job: side_gig second_job moonlight freelance outside_employment outside_work consulting
freelance: freelancer contractor consultant self_employed independent | job: role position employment post occupation
stock: share equity option rsu | shareholder: stockholder investor | vest: vesting
refund: reimburse reimbursement repay money_back | reimburse: reimbursement refund expense claim
expense: cost spend spending receipt | receipt: invoice bill proof_of_purchase | invoice: bill billing
budget: allowance stipend | stipend: allowance reimbursement benefit | perk: benefit | cost: price fee charge rate
cheap: inexpensive economical affordable | expensive: costly | buy: purchase acquire procure procurement order
purchase: buy order procurement acquisition | sell: sale selling | money: fund cash budget dollar payment
cash: money | debt: loan owe | loan: debt lending borrow | student_loan: student_debt loan_repayment loan_forgiveness
forgive: forgiveness cancel waive written_off | advance: prepayment upfront | tax: irs withholding
deduct: deduction withhold withholding | retirement: pension 401k superannuation tsp | retire: retirement
insurance: coverage cover health_plan policy | health_plan: health_insurance medical_plan insurance
dental: dentist teeth | vision: eye glasses optician | gym: fitness wellness exercise workout
boss: manager supervisor lead | manager: boss supervisor lead | supervisor: manager boss
direct_report: report subordinate | employee: staff teammate worker personnel colleague
coworker: colleague teammate peer | colleague: coworker teammate peer | teammate: colleague coworker employee
founder: ceo executive cofounder | ceo: chief_executive founder | hr: human_resources people_ops people_team personnel
people_ops: hr human_resources | hire: hiring recruit recruiting recruitment | recruit: hire recruiting
interview: candidate applicant | applicant: candidate | resume: cv curriculum_vitae | application: apply applicant
referral: refer recommend | reference: referee recommendation | background_check: screening criminal
onboarding: new_hire first_day joining orientation | new_hire: newcomer new_employee starter new_joiner
probation: trial_period | quit: resign leave resignation leaving depart departure notice
resign: quit resignation notice | last_day: offboarding departure leaving
leaving: departing departure offboarding exit separation | fired: fire dismiss terminate termination
laid_off: layoff redundancy severance terminate | terminate: fire dismiss termination | severance: payout layoff
transfer: move switch relocate | switch_team: transfer internal_mobility | relocate: move relocation moving
moving: move relocation relocate | moving_house: relocation address move | home: house residence
address: residence location | abroad: overseas foreign international country | foreign: international abroad overseas
country: nation abroad | remote: wfh work_from_home telework telecommute home | telework: remote telecommute wfh
wfh: remote work_from_home telework | home_office: remote desk | office: workplace building site
building: office premises facility | desk: workstation | chair: seat ergonomic
monitor: screen display surveillance track privacy | computer: laptop macbook pc machine device
laptop: computer macbook notebook device equipment | macbook: laptop computer mac apple
phone: mobile cell telephone smartphone | equipment: device hardware gear | broken: damaged broke defective repair
repair: fix broken | replace: replacement new refresh upgrade | new_laptop: laptop_refresh laptop_replacement
upgrade: refresh replace | lost: stolen theft missing | stolen: theft lost steal | return: give_back send_back
buyback: buy_back purchase | software: app application program tool | app: application software program
licence: license subscription | install: installation setup | set_up: setup configure configuration
password: passphrase credential | password_manager: 1password lastpass vault | credential: password secret key token
api_key: secret token credential | secret: credential confidential | login: log_in sign_in account access
log_in: login sign_in | access: permission entitlement | account: login access | locked_out: lockout reset
two_factor: 2fa mfa multifactor authenticator yubikey | vpn: network | wifi: internet wireless network
internet: wifi broadband | backup: restore recovery | hack: hacked breach compromise compromised incident
breach: incident compromise leak | leak: leaked disclosure exposed breach | phishing: suspicious scam fraud spam
virus: malware antivirus infected | scam: fraud phishing | suspicious: phishing | spy: monitor surveillance
privacy: personal_data pii confidential | encrypt: encryption cryptography cryptographic crypto
crypto: cryptography cryptographic encryption | email: mail e-mail inbox | mail: email
dm: direct_message message slack chat | chat: slack message | slack: chat channel | ping: message notify
message: notify contact | reply: respond response answer | contact: reach email | meeting: call sync 1:1
one_on_one: 1:1 1-1 | calendar: schedule | schedule: calendar timetable hours | deadline: due_date time_limit cutoff
due: deadline | urgent: emergency asap | late: overdue delay | postpone: delay reschedule
approve: approval sign_off authorize authorization permission okay
approval: approve permission authorization consent | sign_off: approve approval | permission: approval authorization
allowed: permitted permit prohibited | forbidden: prohibited banned | ban: prohibit forbid
mandatory: required obligatory must | required: mandatory | optional: voluntary | rule: policy regulation
policy: rule guideline | law: legal statute | legal: law lawyer attorney | lawyer: attorney counsel legal
sue: lawsuit litigation claim | court: jury judge | jury: court | contract: agreement | agreement: contract
sign: signature docusign | nda: confidentiality non-disclosure | noncompete: non-compete compete
solicit: solicitation poach | invention: intellectual_property ip patent | complain: complaint grievance report
complaint: grievance | report: tell disclose | whistleblower: speak_up speaking_up retaliation
retaliate: retaliation punish punishment | punish: punishment discipline disciplinary retaliation
discipline: disciplinary | harass: harassment bullying discrimination | bully: bullying harassment
discriminate: discrimination bias equal_opportunity | race: racism ethnicity discrimination | gender: sex
gift: present gratuity | gift_from: vendor_gift | present: gift | birthday: celebrate celebration anniversary
celebrate: celebration party | party: celebration event | alcohol: beer wine liquor drinking drink
beer: alcohol drinking drink | whisky: whiskey liquor alcohol wine gift | wine: alcohol | drink: alcohol beverage
drug: substance | smoke: smoking tobacco cigarette vape | dog: pet animal | pet: dog animal
food: meal lunch snack eat | meal: food lunch dinner per_diem | lunch: meal food | coffee: cafe | kitchen: pantry
eat: food meal | parking: park car garage | car: vehicle driving drive | bike: bicycle cycling | train: rail amtrak
bus: transit commute | commute: commuting transit | transit: commute bus subway train | subway: metro transit train
taxi: uber lyft cab rideshare | flight: plane fly airfare airline | fly: flight airfare | plane: flight aircraft
hotel: lodging accommodation room | lodging: hotel accommodation | airbnb: lodging hotel | trip: travel journey
travel: trip | itinerary: trip travel | mileage: mile driving | per_diem: allowance meal | visa: immigration passport
passport: visa | immigrant: immigration visa | conference: event convention summit workshop training
training: course learning education class | course: training class education | learn: learning education training
education: learning training study | study: education learning | degree: university college tuition
book: reading reserve reservation booking | certificate: certification | mentor: mentoring mentorship coaching
coach: coaching mentor | appraisal: review evaluation performance | performance_review: appraisal evaluation feedback
review: appraisal evaluation | feedback: review | underperform: underperformance pip improvement
promotion: promote promoted | promoted: promotion level | level: grade seniority | senior: seniority experience
goal: objective okr target | target: goal | okr: objective goal | strategy: plan | vote: voting election poll
election: vote voting | volunteer: volunteering charity donate | donate: donation give | charity: donation donate
military: reserve army veteran | army: military | government: federal agency | agency: department | strike: union
union: labor | emergency: disaster fire evacuation | fire: evacuation emergency | safety: safe security
weather: storm snow closure | shutdown: lapse furlough closed | close: closed closure | open: opened
customer: client user | client: customer partner | vendor: supplier provider contractor | supplier: vendor
partner: vendor | merchant: store shop vendor seller | shop: store merchant | card: credit_card
credit_card: card amex visa mastercard | amex: visa mastercard card | copy: photocopy duplicate xerox
xerox: photocopy copy | print: printer printing | scan: scanner | document: file record | file: document
record: document | form: paperwork document | paperwork: form document | proof: verification evidence documentation
verify: verification confirm | confirm: confirmation verify
employment_verification: proof_of_income proof_of_employment | landlord: mortgage apartment rental
income: salary pay | lend: borrow loan | id: identification badge | badge: id key card | key: badge
press: journalist reporter media | reporter: journalist press media | journalist: reporter press media | media: press
interview_with: press | social_media: twitter facebook linkedin tweet | tweet: twitter social_media post
twitter: tweet | blog: post article | publish: publication post | brand: logo | logo: brand
swag: merch merchandise tshirt hoodie hat | tshirt: swag merch | hat: swag | offsite: retreat team_trip gathering
retreat: offsite | hackathon: hack_week hack | demo: demonstrate present presentation | presentation: slide deck
slide: presentation deck | research: study survey | survey: poll questionnaire
interview_users: user_research participant | bug: defect error | error: bug failure | outage: downtime incident
downtime: outage | deploy: deployment release ship | release: deploy ship | merge: pull_request pr | pr: pull_request
branch: git | repo: repository | repository: repo | code: source | test: testing | oncall: on_call pager rotation
rotation: on_call | server: host | database: db postgres | data: information | information: data
classify: classification level | classification: classify | delete: remove erase | remove: delete | create: make new
change: modify update edit | update: change edit | edit: modify change | cancel: cancellation
cancellation: cancel refundable | nonrefundable: non-refundable refundable | stop: cease | start: begin
finish: complete end | unused: leftover remaining rollover carry_over | carry_over: rollover carryover
rollover: carry_over expire | lose: forfeit expire | expire: expiration expiry | expiration: expire
extend: extension | extension: extend | limit: cap maximum | max: maximum limit cap | maximum: max limit
min: minimum | minimum: min | average: mean | percent: percentage | number: amount | amount: number
eligible: eligibility qualify entitled | qualify: eligible eligibility | entitled: eligible entitlement
get: receive obtain | receive: get | require: need | request: ask apply | ask: request | apply: application request
enroll: enrol enrollment sign_up join | sign_up: enroll register | register: registration enroll
registration: register | join: joining enroll | unsubscribe: opt_out | opt_out: opt | nickname: alias preferred_name
alias: nickname | pronoun: gender | dress_code: clothing attire | clothes: clothing attire dress | hour: time schedule
working_hours: core_hours schedule | timezone: time_zone | evening: night | weekend: saturday sunday
morning: evening | weekly: week | monthly: month | yearly: annual annually year | annual: yearly year | daily: day
quarterly: quarter | fortnight: biweekly | spare: loaner backup | loaner: spare temporary
temporary: interim short-term | permanent: permanently | part_time: part-time | full_time: full-time
intern: internship | internship: intern | guest: visitor | visitor: guest visit | visit: visitor | stay: remain
location: place | map: location | room: conference_room | reserve: book reservation | reservation: booking
fertility: ivf surrogacy adoption | adopt: adoption | surgery: operation medical | vaccine: vaccination covid
covid: coronavirus pandemic | burnout: stress mental | stress: burnout mental | depressed: depression mental
lonely: isolation | conflict: disagreement dispute | disagree: disagreement conflict | dispute: disagreement conflict
argue: conflict | get_along: conflict | cant_stand: conflict | delegate: delegation assign
hand_over: delegate handover | handover: transition | assign: assignment | decide: decision | decision: decide
escalate: escalation | owner: responsible responsibility | responsible: owner responsibility
in_charge: responsible owner | who_to_ask: contact | help: support assistance | support: help | assistance: help
guide: guideline handbook | handbook: manual guide | manual: guide | mission: purpose vision | value: principle
principle: value | culture: value | core_values: values | diversity: inclusion equity | inclusion: diversity
accessibility: accessible | language: translation | translate: translation
`;
