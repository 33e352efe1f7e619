import { STATE_TEXTS, WORD_TEXTS } from "@/components/help/terms";
import type { HelpPlace } from "@/lib/help/schema";

export interface Question {
  /** The anchor of the answer. */
  id: string;
  question: string;
  /** Paragraphs. The names of buttons and pages stand between two asterisks. */
  answer: string[];
  /** Words, each with its meaning. */
  list?: [string, string][];
  /** Where to go. A reader sees the links to the places that the reader may open. */
  places?: HelpPlace[];
}

export interface QuestionGroup {
  title: string;
  questions: Question[];
}

const FIND: Question[] = [
  {
    id: "find-keys",
    question: "Where do I find my access key and the endpoint URL?",
    answer: [
      "On the **Object Storage Dashboard**, below **Object Storage Credentials**. Each region has a card with **Access Key** and **Endpoint URL**, and a button beside each that copies it.",
      "**S3 Keys** lists all keys of the project, also those that have ended.",
    ],
    places: ["credentials", "keys"],
  },
  {
    id: "enable",
    question: "How do I turn on CLI access? Where is Create key?",
    answer: [
      "Press **Enable CLI Access** on the card of the region, and then **Enable**. The access key, the secret key and the endpoint URL are shown. An expiration date is optional, and a good idea.",
      "A project has keys of its own in each region. **Add named key** makes a further key, such as one for a backup host.",
    ],
    places: ["credentials"],
  },
  {
    id: "reset-key",
    question: "Where is Reset key? Where is Regenerate?",
    answer: [
      "It is called **Regenerate Keys**, on the card of the region. It makes a new access key and a new secret key, and replaces the old pair. Type the word confirm first.",
    ],
    places: ["credentials"],
  },
  {
    id: "delete-key",
    question: "Where is Delete key, Revoke or Disable Access?",
    answer: [
      "**Disable Access** on the card removes the keys of the region. A named key has **Disable Access** in its own menu. **Deactivate** only switches a key off, where the storage system can do that: **Activate** switches the same key on again.",
      "A key that has ended stays listed in **S3 Keys**, with who ended it and when each gateway refused it.",
    ],
    places: ["credentials", "keys"],
  },
  {
    id: "no-keys",
    question: "I do not see Object Storage, or I do not see S3 Keys",
    answer: [
      "Object Storage belongs to a project: choose one at the top of the navigation. Without a project, ask an admin of the project or a platform admin to add you.",
      "What you see in a project depends on your role. An admin of the project changes roles.",
    ],
    list: [
      ["admin", "See, make and disable keys; add members and change their roles"],
      ["member+", "See, make and disable keys"],
      ["member", "See the Object Storage Dashboard with figures and buckets, and no keys"],
      ["support", "Find the keys of every project; switch them off and disable them, with a reason; never make one"],
      [
        "platform admin",
        "The same as support; run regions, projects and users; make keys only in a project they have joined",
      ],
    ],
    places: ["projects", "members"],
  },
  {
    id: "region-not-enabled",
    question: "Why is Object Storage not enabled in this region?",
    answer: [
      "A platform admin says which regions a project may use, and may switch a region off for everybody: ask one of them. Keys that exist in the region work on, and can be disabled.",
    ],
    places: ["dashboard", "administration"],
  },
];

const SECRETS: Question[] = [
  {
    id: "lost-secret",
    question: "I lost my secret key. Where can I see it again?",
    answer: [
      "Nowhere: a secret key is shown once, when the key is made, and is kept nowhere. **Regenerate Keys** makes a new pair. The buckets and the data stay.",
      "While the pair is shown, the eye (**Show secret**) shows the secret key, and **Download** saves the pair as a file for your tool.",
    ],
    places: ["credentials"],
  },
  {
    id: "old-key-works",
    question: "Why does my old key still work?",
    answer: [
      "Gateways may keep a key in memory after the storage system has removed it. The dialogs of **Regenerate Keys** and **Disable Access** name the longest time of the region, such as “within 5 minutes”.",
      "The portal then asks every gateway until it refuses the key, and files the time as a receipt on the card. An old key that was kept for a rotation works until the time on the card; **Retire now** ends it earlier.",
    ],
    places: ["credentials", "keys"],
  },
  {
    id: "no-downtime",
    question: "How do I change keys with no downtime?",
    answer: [
      "Press **Regenerate Keys** and choose to keep the old keys for an hour, a day or a week. Put the new pair into your tools. When nothing uses the old key any more, press **Retire now**, or wait until its time is over.",
      "The choice is there where the storage system can hold two keys. Elsewhere make a named key for each tool, or plan a short break.",
    ],
    places: ["credentials"],
  },
  {
    id: "leaked",
    question: "A key has leaked. What now?",
    answer: [
      "Press **Regenerate Keys** and choose **Replace now**, or **Disable Access** if nothing needs the key. The receipt tells when every gateway refuses the leaked key. If you have no role that may do it, tell support.",
    ],
    places: ["credentials", "support", "bulk-revoke"],
  },
  {
    id: "data",
    question: "What happens to my data when I disable access?",
    answer: [
      "Nothing: buckets and objects stay, and count as before. Only the keys end, so that tools that use them are refused. **Enable CLI Access** gives access to the same data again.",
    ],
    places: ["buckets"],
  },
  {
    id: "enable-later",
    question: "Why can I enable access again only later?",
    answer: [
      "In some regions the end of the last key stops all keys of the project for a while. A key that is made earlier could bring a key back to life that a gateway still has in memory. The card tells from when on access can be enabled.",
    ],
    places: ["credentials"],
  },
  {
    id: "expiration",
    question: "How do I set an expiration date?",
    answer: [
      "When you enable or regenerate, or later with **Set expiration** on the card. At its date a key is switched off, and a later date revives it. Where the storage system cannot switch a single key off, the key is removed: the dialog says which.",
    ],
    places: ["credentials"],
  },
  {
    id: "states",
    question: "What do the states and words on a card mean?",
    answer: ["A state tells what is known of the key now. It changes only after the storage system has confirmed it."],
    list: [...Object.entries(STATE_TEXTS), ...Object.entries(WORD_TEXTS)],
  },
];

const TOOLS: Question[] = [
  {
    id: "connect",
    question: "How do I connect aws, s3cmd, rclone or mc?",
    answer: [
      "**Connect a client** on the card has the settings of each tool, filled with your endpoint, signing region and access key. Put your secret key where YOUR_SECRET_KEY stands.",
    ],
    places: ["credentials"],
  },
  {
    id: "first-bucket",
    question: "How do I make a bucket and upload files?",
    answer: [
      "With an S3 tool: the portal makes no buckets. After **Connect a client** the command “aws --profile REGION --endpoint-url URL s3 mb s3://my-first-bucket” makes a bucket, and “aws --profile REGION --endpoint-url URL s3 cp FILE s3://my-first-bucket” uploads a file.",
    ],
    places: ["buckets", "credentials"],
  },
  {
    id: "invalid-access-key-id",
    question: "My tool says InvalidAccessKeyId",
    answer: [
      "The gateway does not know the access key, or the key is switched off. Compare the access key in your tool with the card, and see its state. Then compare the endpoint URL: a key works in its own region only, and never at AWS.",
    ],
    places: ["credentials", "keys"],
  },
  {
    id: "signature-does-not-match",
    question: "My tool says SignatureDoesNotMatch",
    answer: [
      "The secret key in your tool does not belong to the access key. Copy both anew; if the secret key is lost, press **Regenerate Keys**. If both are right, compare the signing region with the card, and the clock of your machine.",
    ],
    places: ["credentials"],
  },
  {
    id: "access-denied",
    question: "My tool says AccessDenied",
    answer: [
      "The key is known and may not do this. It may be a read-only key, or the bucket may belong to another project, or a policy of the bucket forbids it.",
      "The command **latchkey doctor** tries a key step by step and names the cause.",
    ],
    places: ["credentials"],
  },
  {
    id: "programs",
    question: "Can a program or the OpenStack client make keys?",
    answer: [
      "Yes. Make an access token in your account and use the API, the command latchkey, or “openstack ec2 credentials create”, which the portal answers itself. The roles are the same as here.",
    ],
    places: ["tokens", "api"],
  },
];

const WORDS: Question[] = [
  {
    id: "words",
    question: "Tenant, account, application credentials, EC2 credentials: what is it called here?",
    answer: [
      "Other clouds have other words for the same things. “S3-compatible” means the format of the keys: they work here and never at AWS.",
    ],
    list: [
      ["Tenant, account, hosting account", "Project"],
      ["EC2 credentials, S3 credentials, S3-compatible credentials, object storage keys", "Access key and secret key"],
      ["Access key ID, AWS_ACCESS_KEY_ID", "Access Key"],
      ["Secret access key, AWS_SECRET_ACCESS_KEY", "Secret Key"],
      ["CLI access, API access", "CLI access: a project has a key in a region"],
      ["Create key, Generate S3 keys, Create Access Key", "Enable CLI Access; for a further key Add named key"],
      ["Reset key, Regenerate, Rotate", "Regenerate Keys"],
      ["Delete key, Revoke, Disable", "Disable Access; Deactivate only switches off"],
      ["User, IAM user, EIM user, root account", "A person with a role in a project. Keys belong to the project"],
      ["Application credentials, API password", "Access token"],
      ["Host base, S3 endpoint, service URL", "Endpoint URL"],
      ["Location, default region name", "Signing region, which may differ from the region's name"],
    ],
  },
];

/** The questions that people bring along from other clouds, and what is true here. */
export const QUESTION_GROUPS: QuestionGroup[] = [
  { title: "Where is it?", questions: FIND },
  { title: "Keys and secrets", questions: SECRETS },
  { title: "Tools", questions: TOOLS },
  { title: "Words", questions: WORDS },
];
