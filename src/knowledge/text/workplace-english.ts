/**
 * What people at work call the same thing, in general English: an asked word or phrase, then what a document may call it.
 * Entries stand between bars, `_` joins the words of a phrase. A word that is named by few entries also leads back to them.
 * Written for this project; what it gains is measured in docs/decisions/0004-retrieval.md.
 */
export const workplaceEnglish = `
1-1: one-on-one | 401k: retirement match | abbreviation: acronym | above: exceed over | abroad: overseas foreign international country | absence: absent leave away
absent: absence leave | abuse: misuse violation | access: permission entitlement | accessibility: accessible | accident: incident injury | account: login access
account_executive: ae sales | acronym: abbreviation glossary | adapter: charger dongle | addiction: substance | address: residence location | admin: administrator
administrator: admin coordinator | adopt: adoption | advance: prepayment upfront | advertise: advertising marketing | advertisement: marketing ad
advice: tip guidance recommendation | ae: account_executive | afternoon: pm | agency: department | agenda: meeting topic | agree: agreement consent | agreement: contract
ahead: advance | airbnb: lodging hotel | aircon: hvac temperature | airline: flight | airport: flight | alarm: security | alcohol: beer wine liquor drinking drink
alcoholic: alcohol | alert: notification warning | alias: nickname | allergy: medical | allowed: permitted permit prohibited | ambulance: emergency 911
amex: visa mastercard card | amount: number | analysis: analyze | analytics: analysis data | analyze: analysis | announce: announcement communicate
announcement: announce news | annual: yearly year | answer: reply response | anxiety: mental stress | anxious: anxiety mental | api_key: secret token credential
app: application software program | appeal: dispute contest | applicant: candidate | application: apply applicant | apply: application request
appraisal: review evaluation performance | appreciate: appreciation recognition | approach: method | approval: approve permission authorization consent
approve: approval sign_off authorize authorization permission okay | approximate: estimate about | archive: retain records | area: region zone | argue: conflict
army: military | arrange: organize schedule | arrest: criminal | arrival: arrive | arrive: arrival | article: document post | ask: request | assess: assessment evaluate
assessment: assess evaluate | assign: assignment | assistance: help | assistant: ea support | attach: attachment | attachment: attach file
attend: attendance join participate | attendee: participant | audit: review inspection | author: writer | autoreply: out_of_office | avatar: photo picture profile
average: mean | award: recognition prize | away: out_of_office absence ooo | baby: newborn infant child | background_check: screening criminal | backlog: tickets
backup: restore recovery | badge: id key card | baggage: luggage | ban: prohibit forbid | bank: account | bank_account: direct_deposit | bank_holiday: holiday
bathroom: restroom toilet | beer: alcohol drinking drink | beforehand: advance prior | behave: behavior conduct | behavior: behaviour conduct
behaviour: behavior conduct | below: under less | beneficiary: dependent | bereaved: bereavement | bike: bicycle cycling | bio: profile biography
birthday: celebrate celebration anniversary | blame: fault mistake | blind: vision accessibility | blog: post article | board: directors committee
bonus: incentive reward commission | book: reading reserve reservation booking | books: reading library | booth: conference | border: customs
boss: manager supervisor lead | branch: git | brand: logo | breach: incident compromise leak | break: rest pause lunch | breakfast: meal food
breastfeed: lactation nursing pump | bribe: bribery corruption kickback | broken: damaged broke defective repair | broken_leg: injury | browse: search
buddy: mentor onboarding | budget: allowance stipend | bug: defect error | build: ci compile | building: office premises facility | bulletin: newsletter
bully: bullying harassment | burnout: stress mental | bus: transit commute | business_class: flight airfare | busy: workload
buy: purchase acquire procure procurement order | buyback: buy_back purchase | cable: adapter cord | calculate: calculation compute formula
calculation: calculate formula | calendar: schedule | calendar_invite: invite | camera: video photo | campaign: marketing | campaigning: political election
cancel: cancellation | cancellation: cancel refundable | cancer: illness disease serious medical condition | cannabis: marijuana drug | cant_stand: conflict
capacity: workload | car: vehicle driving drive | card: credit_card | care: caregiver caring | career: progression growth path | career_path: leveling progression
carry_over: rollover carryover | cash: money | catalog: list | celebrate: celebration party | ceo: chief_executive founder | certificate: certification
certify: certification | chair: seat ergonomic chairperson leader | change: modify update edit | chapter: section | charger: adapter cable power
charity: donation donate | chat: slack message | chat_room: channel | cheap: inexpensive economical affordable | cheat: fraud misuse | check_in: arrival
checklist: list steps | cheque: check payment | chief: head officer | chip_in: contribute subsidize subsidy | choose: select pick | christmas: holiday
churn: cancellation | citizen: citizenship | citizenship: citizen | city: town municipality municipal local | classification: classify | classified: confidential secret
classify: classification level | clean: cleaning tidy | cleaning: clean | client: customer partner | clock_in: timesheet | close: closed closure
clothes: clothing attire dress | coach: coaching mentor | code: source | code_review: pull_request review | coffee: cafe | cold: temperature heating
collaborate: collaboration cooperate work_together | colleague: coworker teammate peer | color: colour palette | colour: color palette | comment: feedback | commit: git
committee: council board | commute: commuting transit | comp_time: compensatory overtime | companion: guest spouse
company: firm business organisation organization employer corporation enterprise | competency: skill | competition: competitor | competitor: competition | compile: build
complain: complaint grievance report | complaint: grievance | compliance: comply regulation | comply: compliance | computer: laptop macbook pc machine device
concert: entertainment | conduct: behavior behaviour | conference: event convention summit workshop training | conference_call: call meeting
confidential: sensitive private secret | confirm: confirmation verify | conflict: disagreement dispute | consent: permission agree | consequence: penalty result
contact: reach email | contagious: ill sick | contest: dispute appeal | continent: region | contract: agreement | contribute: contribution
contribution: contribute match | conversion: convert exchange | convicted: conviction criminal | coordinate: organize | coordinator: organizer administrator
copay: deductible | copy: photocopy duplicate xerox | core_values: values | corruption: bribery | cost: price fee charge rate | cost_of_living: inflation increase
council: committee | count: number | counteroffer: offer | country: nation abroad | county: region province district | courier: shipping fedex
course: training class education | court: jury judge | covid: coronavirus pandemic | coworker: colleague teammate peer | coworking: co-working shared_office
crash: failure error | crash_car: accident | create: make new | credential: password secret key token | credit_card: card amex visa mastercard | crime: criminal
criminal: crime conviction | crisis: emergency | criteria: requirement criterion | criticism: feedback | critique: feedback criticism
crypto: cryptography cryptographic encryption | culture: value | currency: exchange fx | current: present existing | customer: client user | dad: father parent family
daily: day | damage: broken | danger: risk threat hazard | dashboard: report metric | data: information | data_plan: mobile | data_protection: privacy gdpr
database: db postgres | date: relationship dating | dating: relationship romantic | daycare: nursery childcare nanny babysitter | deadline: due_date time_limit cutoff
deaf: hearing | deal: opportunity contract | debt: loan owe | decide: decision choose | decision: decide | deduct: deduction withhold withholding
deductible: copay insurance | define: definition | definition: define meaning | degree: university college tuition | delay: late wait | delegate: delegation assign
delete: remove erase | deliver: delivery | delivery: shipping deliver | demo: demonstrate present presentation | demo_account: trial | dental: dentist teeth
depart: departure | department: team division unit | departure: depart | deploy: deployment release ship | deploy_military: military | deprecated: obsolete retired
depressed: depression mental | deputy: acting | describe: description explain | description: describe | design: designer | designer: design | desk: workstation
destroy: disposal delete | developer: engineer programmer | died: death funeral bereavement decease | diet: dietary food | dining: food meal | dinner: meal food
diploma: degree | direct_deposit: bank_account payroll | direct_report: report subordinate | director: head | directory: folder
disability: disabled handicap handicapped accommodation ada impairment | disagree: disagreement conflict objection | discipline: disciplinary | discount: price
discriminate: discrimination bias equal_opportunity | disk: drive storage | dispose: disposal destroy shred | dispute: disagreement conflict
distribution_list: mailing_list | diversity: inclusion equity | division: department unit | divorce: divorced separation | dm: direct_message message slack chat
docs: documentation | doctor: physician gp medical dentist appointment | document: file record | documentation: docs document | dog: pet animal | donate: donation give
donation: donate charity | door: entrance lock | double: twice two | download: install | downtime: outage | dozen: twelve | draft: write writing
dress_code: clothing attire | drink: alcohol beverage | drive: folder storage driving vehicle | driver: drive driving | drug: substance | drunk: alcohol intoxicated
due: deadline | dues: membership | duration: length long | dying: death terminally ill serious | early: advance ahead | earn: salary pay wage income accrue accumulate
eat: food meal | economy_class: airfare flight | edit: modify change | editor: edit reviewer | education: learning training study | eldercare: caregiver elderly
elderly: senior parent | election: vote voting | electricity: utilities | elevator: lift | eligible: eligibility qualify entitled | email: mail e-mail inbox
emergency: disaster fire evacuation | emergency_contact: contact | emergency_room: hospital emergency | employee: staff teammate worker personnel colleague
employment_verification: proof_of_income proof_of_employment | encrypt: encryption cryptography cryptographic crypto | engineer: developer
enroll: enrol enrollment sign_up join | enrolment: enrollment open_enrollment | entertain: entertainment | entertainment: entertain | entitled: eligible entitlement
entrance: entry door | entry: entrance access | equipment: device hardware gear | erase: delete wipe | ergonomic: ergonomics desk chair | error: bug failure mistake fault
escalate: escalation | escalation: escalate | estimate: approximate | ethics: integrity conduct ethical | evaluate: evaluation assess | evening: night | event: conference
every: each | exam: test | example: sample | exceed: over above | exception: waiver exemption special | exchange_rate: fx currency conversion | exempt: exemption waive
exemption: exempt waiver | exhausted: burnout | expense: cost spend spending receipt | expensive: costly | expiration: expire | expire: expiration expiry
explain: explanation | explanation: explain describe | extend: extension | extend_trip: personal_travel | extension: extend | facilitate: facilitator host
fail: failure failed | failure: fail failed | faq: question | farewell: goodbye leaving | fast: quick speed | fault: error defect | fax: send | feature: functionality
feedback: review comments suggestion | fertility: ivf surrogacy adoption | fever: sick | fight: violence conflict | file: document | fill_in: complete form
fill_out: complete form | film: video | find: search locate | fined: penalty fine | finish: complete end | fire: evacuation emergency
fired: fire dismiss terminate termination | first_aid: emergency medical | first_class: flight airfare | fit: fitness | fix: troubleshoot repair
flaky: flake random intermittent | flexible: flextime flexitime | flextime: flexible schedule | flight: plane fly airfare airline | floor: level | fly: flight airfare
folder: directory drive | font: typography | food: meal lunch snack eat | forbidden: prohibited banned | foreign: international abroad overseas
forgive: forgiveness cancel waive written_off | form: paperwork document | former: previous ex | formula: calculation | fortnight: biweekly | foster: adoption parental
founder: ceo executive cofounder | free: gratis cost | freelance: freelancer contractor consultant self_employed independent | freeze: crash | frequency: often how_often
frequent: often | fridge: refrigerator freezer | friend: referral acquaintance | front_desk: reception | fsa: hsa flexible_spending | fuel: gas mileage
full_time: full-time | functionality: feature | funeral: bereavement death | furniture: desk chair | garbage: trash waste | gas: fuel mileage
gdpr: privacy data_protection | gender: sex | get: receive obtain | get_along: conflict | get_in_touch: contact | gift: present gratuity | gift_from: vendor_gift
git: repository | glossary: terminology | goal: objective okr target | goodbye: farewell leaving | google_group: mailing_list | government: federal agency
grade: rating level | graduate: degree | grammar: style spelling | grandmother: grandfather grandparent relative family sibling brother sister | gratis: free
gratuity: tip | grieve: bereavement death | guard: security | guardian: parent dependent | guest: visitor | guidance: guideline advice | guide: guideline handbook
gun: weapon firearm | gym: fitness wellness exercise workout | hack: hacked breach compromise compromised incident | hackathon: hack_week hack | half: fifty
hand_over: delegate handover | handbook: manual guide | handover: transition | harass: harassment bullying discrimination | hat: swag | hazard: safety danger
head: leader director chief | headache: sick | headhunter: recruiter agency | headline: news | headphones: headset audio | headset: headphones | headshot: photo portrait
health: wellness medical | health_plan: health_insurance medical_plan insurance | healthy: recovered fit | hearing: deaf | heating: temperature hvac
help: support assistance | help_desk: support helpdesk | helpdesk: support it_support | helpline: hotline | hierarchy: structure | hipaa: privacy health
hire: hiring recruit recruiting recruitment | holiday: vacation pto leave festival | home: house residence | home_office: remote desk | homepage: website page
honest: honesty transparent candid | hospital: hospitalization medical | host: facilitator organizer | hot: temperature | hotel: lodging accommodation room
hotline: helpline phone | hotspot: internet mobile | hour: time schedule | household: home | how_long: duration day week month year hour minute
how_often: frequency every daily weekly monthly yearly annual annually quarterly biweekly
hr: human_resources people_ops people_team personnel | hsa: fsa health_savings | hyperlink: link url | icon: logo | id: identification badge | idea: proposal suggestion
image: picture photo | immediately: asap urgent promptly | immigrant: immigration visa | in_advance: advance notice ahead | in_charge: responsible owner
inclusion: diversity | income: salary pay | indefinite: permanent unlimited | industry: sector | infectious: disease covid | inflation: cost_of_living
inform: notify tell | information: data | injury: injured hurt accident wound | inquiry: question investigation | inspect: inspection audit | inspection: audit
install: installation setup | insult: harassment offensive | insurance: coverage cover health_plan policy | insurance_claim: claim | intermittent: flaky sporadic
intern: internship | internet: wifi broadband | internet_bill: internet | internship: intern | interpreter: translation sign_language | interval: frequency
interview: candidate applicant | interview_users: user_research participant | interview_with: press | intoxicated: alcohol | introduce: introduction intro
introduction: intro | invention: intellectual_property ip patent | inventory: list catalog | invest: investment investor | investigate: investigation
investigation: investigate inquiry | investment: invest | invitation: invite | invite: invitation | invoice: bill billing | it_support: helpdesk tech_ops
itinerary: trip travel | jail: criminal | jetlag: travel | job: role position employment post occupation | job_title: title role | join: joining enroll sign_up
joke: humor offensive | journalist: reporter press media | journey: trip travel itinerary | jury: court witness | key: badge | keyboard: mouse peripheral
kid: child son daughter dependent dependant | kitchen: pantry | kpi: metric | laid_off: layoff redundancy severance terminate
landlord: mortgage apartment rental lease rent | language: translation | laptop: computer macbook notebook device equipment | last_day: offboarding departure leaving
last_minute: urgent short_notice | late: overdue delay tardy | latest: newest current recent | laundry: travel | law: legal statute | law_enforcement: police
lawyer: attorney counsel legal | layover: flight | lead: prospect | leader: lead head manager | leak: leaked disclosure exposed breach
learn: learning education training | lease: rent rental | leave_group: unsubscribe | leaving: departing departure offboarding exit separation | lecture: class talk
legal: law lawyer attorney | lend: borrow loan | length: duration | less: below under | letter: mail | letterhead: template | level: grade seniority | library: books
licence: license subscription | license_plate: vehicle | life_insurance: beneficiary | lift: elevator | lighting: lights | limit: cap maximum | list: catalog inventory
livestream: stream | loan: debt lending borrow | loaner: spare temporary | lobby: entrance reception lobbying political | locate: find location | location: place
lock: door secure | locked_out: lockout reset | locker: storage | lodging: hotel accommodation | log_in: login sign_in | login: log_in sign_in account access
logo: brand | lonely: isolation | look_after: take_care caregiver caregiving carer care | look_up: search find | lookup: search find | lose: forfeit expire
lost: stolen theft missing | luggage: baggage | lunch: meal food | macbook: laptop computer mac apple | magazine: press media | mail: email
mailing_list: distribution_list google_group | manager: boss supervisor lead | mandatory: required obligatory must | manual: guide | map: location | marijuana: drug
market: industry | marketing: advertising campaign | married: marriage wedding spouse | married_name: maiden surname last_name family_name name_change | mask: covid
match: contribution | materials: supplies | maternity: paternity parental newborn baby birth adoption parent | max: maximum limit cap | maximum: max limit
meal: food lunch dinner per_diem | meaning: definition mean | measure: metric | media: press | medication: prescription drug | meditation: wellness mental
meeting: call sync 1:1 | membership: subscription dues | mentor: mentoring mentorship coaching | merchant: store shop vendor seller | merge: pull_request pr
mess_up: mistake error | message: notify contact | method: approach technique | metric: measure kpi | microphone: mic audio | midday: noon | migraine: sick
mileage: mile driving | military: reserve army veteran | min: minimum | minimum: min | minutes: notes meeting | miscarriage: bereavement pregnancy
misconduct: violation wrongdoing behavior behaviour | mission: purpose vision | mistake: error fault | misuse: abuse improper | moderator: facilitator host
mom: mother mum parent family | money: fund cash budget dollar payment | monitor: screen display surveillance track privacy | monthly: month | morning: evening am
mortgage: loan home | mouse: keyboard peripheral | move_house: relocation | movie: entertainment | moving: move relocation relocate
moving_house: relocation address move | nap: rest | nda: confidentiality non-disclosure | nearby: near close | negotiate: negotiation offer | neighborhood: area
nepotism: relative family | new_hire: newcomer new_employee starter new_joiner | new_laptop: laptop_refresh laptop_replacement | new_year: holiday
newcomer: new_hire starter joiner | newest: latest | news: announcement update | newsletter: bulletin digest | newspaper: press journalist media reporter
next_of_kin: emergency_contact | nickname: alias preferred_name | night: evening | noise: noisy quiet | noisy: noise quiet | noncompete: non-compete compete
nonprofit: charity | nonrefundable: non-refundable refundable | noon: midday lunch | notary: notarize | notes: minutes | notice: advance warning
notification: notify alert | notify: notification inform | number: amount | nurse: medical doctor | nursing: lactation breastfeeding | object: objection
obsolete: deprecated outdated | offensive: inappropriate harassment | offensive_language: profanity | offer: letter | offer_letter: offer
office: workplace building site | officer: official | offsite: retreat team_trip gathering | often: frequently frequency | okr: objective goal
old: outdated previous former | on_time: punctual | onboarding: new_hire first_day joining orientation | oncall: on_call pager rotation | one_on_one: 1:1 1-1
ooo: out_of_office away | open: opened | open_enrollment: enrollment benefit | open_source: license | opportunity: deal | opt_out: opt | optional: voluntary
org_chart: reporting structure | organize: arrange | organizer: host coordinator | orientation: onboarding | out_of_office: ooo away absence | outage: downtime incident
outdated: old stale deprecated | over: exceed above | overnight: night | overtime: extra_hours additional_hours extra comp_time | overwhelmed: stress workload burnout
owner: responsible responsibility | package: parcel shipment | page: document | paid: payday payroll paycheck | paperwork: form document | parcel: package shipping
parking: park car garage | part: portion section | part_time: part-time | participant: attendee subject | participate: participation join attend
partner: vendor collaborator | partnership: partner | party: celebration event | passphrase: password | passport: visa | password: passphrase credential
password_manager: 1password lastpass vault | patch: update | pay: salary wage compensation paycheck remuneration earnings income | payday: pay_day payroll paycheck
payslip: paystub pay_stub | paystub: payslip | penalty: fine sanction consequence | pensioner: retirement | people_ops: hr human_resources | per_diem: allowance meal
percent: percentage | performance_review: appraisal evaluation feedback | period: duration term | perk: benefit | permanent: permanently indefinite
permission: approval authorization | permit: permission authorization licence license | personal_travel: personal extend | pet: dog animal | petrol: fuel gas
pharmacy: prescription | phishing: suspicious scam fraud spam | phone: mobile cell telephone smartphone ring dial hotline | phone_bill: phone mobile
photo: picture image headshot | pick: choose select | picture: photo image | ping: message notify | pipeline: ci build | plan: planning | plane: flight aircraft
planning: plan | pm: product_manager | police: law_enforcement | policy: rule guideline | polite: courtesy respectful | political: politics election
politician: political | politics: political | portion: part share | post_office: mail postal | postal: mail | postmortem: retrospective incident
postpone: delay reschedule | pr: pull_request | praise: recognition kudos | pray: prayer religious | prefer: preference | preference: prefer
pregnant: pregnancy maternity expecting birth childbirth | premium: insurance cost | preparation: prepare | prepare: preparation | prerequisite: requirement
prescription: medication pharmacy | present: gift | presentation: slide deck | presenter: speaker | president: ceo | press: journalist reporter media
previous: former prior | price: cost pricing | pricing: price cost | principle: value | print: printer printing | prior: previous before
privacy: personal_data pii confidential | private: personal confidential | prize: award | probation: trial_period | procedure: process steps | process: procedure workflow
product: feature | product_manager: pm | professional: professionalism | professor: university | profile: bio account | programmer: developer engineer
progression: career growth promotion | promoted: promotion level | promotion: promote promoted | promptly: immediately | pronoun: gender
proof: verification evidence documentation | proofread: review edit | proposal: propose suggestion rfc | propose: proposal suggest | prospect: lead customer
public_holiday: holiday | publish: publication post | pump: lactation | punctual: on_time late | punish: punishment discipline disciplinary retaliation
purchase: buy order procurement acquisition | qualification: certificate eligibility | qualify: eligible eligibility | quarantine: covid isolation | quarter: three_months
quarterly: quarter | question: faq ask | questionnaire: survey form | quickly: fast promptly | quiet: noise
quit: resign leave resignation leaving depart departure notice | quiz: test | quote: pricing | race: racism ethnicity discrimination | radio: press media
raise: pay_rise pay_raise increase merit promotion | rank: ranking | rate: rating | rating: rate score | ratio: percentage share | reach_out: contact
readme: documentation | reboot: restart | receipt: invoice bill proof_of_purchase | receive: get | recent: latest new | receptionist: front_desk reception
recognise: recognize recognition | recognition: praise award | record: document recording | recording: record video | records: recordkeeping documents
recovered: resolved recovery | recruit: hire recruiting | recruiter: recruiting talent hiring | recurring: regular repeat | recycle: recycling waste
reference: referee recommendation | referral: refer recommend | refund: reimburse reimbursement repay money_back | register: registration enroll sign_up
registration: register | regularly: regular recurring | regulation: rule law compliance | rehab: substance addiction | reimburse: reimbursement refund expense claim
relationship: dating | relative: family | release: deploy ship | religion: religious belief | religious: religion | relocate: move relocation moving | remind: reminder
reminder: notify notification | remote: wfh work_from_home telework telecommute home | remove: delete | rename: renaming name | renew: renewal | renewal: renew
rent: rental lease | rental: rent lease | rental_car: rental vehicle | repair: fix broken | repeat: recurring again | replace: replacement new refresh upgrade
reply: respond response answer | repo: repository | report: tell disclose dashboard | reporter: journalist press media | reporting_line: manager reports
repository: repo | request: ask apply ticket | require: need | required: mandatory | requirement: standard prerequisite | research: study survey | reservation: booking
reserve: book reservation | resign: quit resignation notice | respect: respectful courtesy | responsible: owner responsibility | restart: reboot | restaurant: food dining
restroom: bathroom toilet | resume: cv curriculum_vitae | retain: retention keep | retaliate: retaliation punish punishment | retention: retain keep | retire: retirement
retirement: pension 401k superannuation tsp | retreat: offsite | retro: retrospective | retrospective: retro | return: give_back send_back | reuse: unique same
revert: rollback undo | review: appraisal evaluation | reward: bonus recognition | risk: danger threat exposure | road_trip: drive mileage | roadmap: plan
roaming: mobile international | rob: theft | rollback: revert | rollover: carry_over expire | romance: relationship dating | romantic: relationship
room: conference_room | rooms: channel conference | rotation: on_call | rude: unprofessional respect | rule: policy regulation | sabbatical: leave break
safety: safe security | salary_review: merit increase | salesperson: sales account_executive | sample: example template | sanction: penalty disciplinary
satisfaction: survey | save: savings | savings: save | scam: fraud phishing | scan: scanner | schedule: calendar timetable hours | scholarship: tuition
school: education university | score: rating | screen: display monitor | search: find lookup | seat: flight | secret: credential confidential | secretive: confidential
section: part chapter | select: choose pick | selection: choose select | sell: sale selling | senior: seniority experience | sensitive: confidential personal
server: host | service_animal: dog animal | service_level: sla | set_up: setup configure configuration | severance: payout layoff
share: sharing shared percentage portion | shared: sharing common | shareholder: stockholder investor | shift: schedule hours | ship: shipping send delivery
shipping: delivery mail | shop: store merchant | short_notice: urgent | shower: gym bathroom | shred: destroy dispose | shutdown: lapse furlough closed
sick: ill illness unwell sickness flu disease medical | side_job: side_gig second_job moonlight freelance outside_employment outside_work consulting
sign: signature docusign | sign_language: interpreter | sign_off: approve approval | sign_up: enroll register | signature: sign docusign
signature_block: email_signature | sim: mobile | skill: skills competency | skip_level: manager | sla: service_level | slack: chat channel | sleep: rest
slide: presentation deck | slow: performance | smoke: smoking tobacco cigarette vape | sms: text | snack: food kitchen | social_media: twitter facebook linkedin tweet
software: app application program tool | soldier: military | solicit: solicitation poach | souvenir: gift | spare: loaner backup | speaker: presenter speaking
speech: talk speaking | speed: performance fast | spelling: grammar style | spend: expenditure outlay expense | sponsor: sponsorship | sponsorship: sponsor
sport: fitness | sports: fitness | sprint: iteration | spy: monitor surveillance | squad: team | stairs: elevator | stakeholder: partner | stale: outdated deprecated
stalking: harassment | stamp: sign approve | stand_for: acronym abbreviation | standard: requirement norm | standing_desk: desk ergonomic | standup: meeting daily
start: begin | state: territory | stationery: supplies office | statistics: metric data | stay: remain | steal: theft | step: procedure process
stepchild: dependent child | stipend: allowance reimbursement benefit | stock: share equity option rsu | stolen: theft lost steal | stop: cease
storage: drive disk space | strategy: plan | stream: livestream | strength: weakness | stress: burnout mental | strike: union | student: intern education
student_loan: student_debt loan_repayment loan_forgiveness | study: education learning | style: guide guideline | submit: send file turn_in | subpoena: court witness
subscription: membership | subsidize: subsidy reimburse contribute | subsidy: stipend allowance reimburse | subway: metro transit train | sue: lawsuit litigation claim
suggest: propose recommend | suggestion: recommendation idea propose | suicide: crisis mental | suitcase: luggage baggage | sum: total amount | summer: season
supervisor: manager boss | supplier: vendor | supplies: stationery materials | support: help | support_engineer: support | support_ticket: request | surgeon: surgery
surgery: operation medical | surname: last_name family_name name | survey: poll questionnaire | suspicious: phishing | swag: merch merchandise tshirt hoodie hat
swear: profanity professional language | switch_team: transfer internal_mobility | talk: presentation speak speech | tardy: late | target: goal | tax: irs withholding
taxes: tax | taxi: uber lyft cab rideshare | tea: drink coffee | teach: training | teacher: instructor trainer | team: group department squad
teammate: colleague coworker employee | teams: video call | teamwork: collaboration | technique: method | television: press media tv | telework: remote telecommute wfh
template: boilerplate form | temporary: interim short-term | term: duration period | terminate: fire dismiss termination | terminology: glossary term | test: testing
text_message: sms | thank_you: appreciation | thanksgiving: holiday | theft: steal stolen | therapy: therapist counseling counselling counselor psychologist mental
third: three | threat: risk attack | ticket: request support | time_zone: timezone | timecard: timesheet | timesheet: timecard hours time_tracking | timezone: time_zone
tip: advice suggestion recommendation | tip_waiter: tip gratuity | tired: burnout | title: role position | today: current | toilet: restroom bathroom | toll: parking
tomorrow: next_day | tone: voice | topic: subject | total: sum | tour: visit | track: tracking monitor | tracking: track | train: rail amtrak
trainer: instructor facilitator | training: course learning education class | transfer: move switch relocate | transit: commute bus subway train | translate: translation
transparency: transparent openness | transparent: transparency open | trash: garbage recycling waste | trauma: mental crisis | travel: trip | trial: evaluation
trip: travel journey | troubleshoot: troubleshooting fix | trust: honesty | tshirt: swag merch | tuition: education reimbursement | turn_in: submit return
tutorial: guide training | tweet: twitter social_media post | twice: two | twitter: tweet | two_factor: 2fa mfa multifactor authenticator yubikey
unavailable: down absent away | underperform: underperformance pip improvement | undo: revert | unethical: ethics misconduct | union: labor | university: college school
unlimited: flexible indefinite | unlock: access open | unreachable: down outage unavailable | unsubscribe: opt_out | unused: leftover remaining rollover carry_over
update: change edit upgrade patch | upgrade: refresh replace | upgrade_seat: flight | upload: submit attach | urgent: emergency asap | url: link web address
usb: drive flash | utilities: bill | vacation: holiday pto leave time_off day_off days_off annual_leave break getaway | vacation_days: leave | vacationing: vacation
vaccine: vaccination covid | value: principle | vandalism: damage | vegetarian: food dietary | vendor: supplier provider contractor | verify: verification confirm
version: release | vest: vesting | veteran: military | video: recording | video_call: zoom meet | violence: violent threat | violent: violence
virus: malware antivirus infected | visa: immigration passport | vision: eye glasses optician | visit: visitor | visitor: guest visit | voicemail: phone
volunteer: volunteering charity donate | vote: voting election poll | voyage: trip travel | vp: vice_president | vpn: network | w-2: tax form | w2: tax form
wait: waiting delay | waiver: exemption exception | want: wish | warn: warning | warning: disciplinary notice | water: drink | weakness: strength improvement
weapon: gun firearm | weather: storm snow closure | webcam: camera video | webinar: event | website: site web page webpage | weekend: saturday sunday | weekly: week
weight: health | welcome: onboarding | wellbeing: wellness | wellness: wellbeing health | wework: co-working coworking | wfh: remote work_from_home telework
wheelchair: accessibility disability | where: location | whisky: whiskey liquor alcohol wine gift | whistleblower: speak_up speaking_up retaliation | who_to_ask: contact
wife: husband spouse partner married | wifi: internet wireless network | wiki: handbook documentation | wine: alcohol | winter: season | wipe: erase delete
wire: transfer payment | wish: want | witness: court testify | work_permit: visa immigration | work_together: collaborate collaboration | workflow: process
working_hours: core_hours schedule | workload: capacity | write: draft writing author | writing: write content | wrongdoing: misconduct violation unethical ethics
xerox: photocopy copy | yearly: annual annually year | yesterday: previous | yoga: fitness wellness | zoom: video call | pto: vacation leave holiday | leave: vacation pto absence
`;
