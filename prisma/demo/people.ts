export interface DemoPerson {
  username: string;
  firstName: string;
  lastName: string;
  email: string;
  /** As YYYY-MM-DD. */
  dateOfBirth: string;
  bio: string;
  /** Usernames of the people this one follows. */
  follows: readonly string[];
}

export const demoPeople: readonly DemoPerson[] = [
  {
    username: "mirka",
    firstName: "Mirka",
    lastName: "Hautala",
    email: "mirka@example.org",
    dateOfBirth: "1987-02-11",
    bio: "Walks in the hills, draws them badly, keeps pictures by people who draw them well.",
    follows: ["yuki", "tadeo", "saoirse", "amina"],
  },
  {
    username: "tadeo",
    firstName: "Tadeo",
    lastName: "Ruiz Cárdenas",
    email: "tadeo@example.org",
    dateOfBirth: "1992-07-30",
    bio: "Printmaker in Oaxaca. Posters, flat colour, anything with a good edge.",
    follows: ["mirka", "joana", "yuki"],
  },
  {
    username: "yuki",
    firstName: "ゆき",
    lastName: "田中",
    email: "yuki@example.org",
    dateOfBirth: "1995-12-03",
    bio: "京都の図書館で働いています。Night skies, water, quiet rooms.",
    follows: ["mirka", "amina", "lefteris", "saoirse", "tadeo"],
  },
  {
    username: "amina",
    firstName: "Amina",
    lastName: "Okafor",
    email: "amina@example.org",
    dateOfBirth: "1984-05-19",
    bio: "Quilts, tiles and other things made of small pieces. Lagos, mostly.",
    follows: ["tadeo", "joana", "mirka", "ravi"],
  },
  {
    username: "lefteris",
    firstName: "Λευτέρης",
    lastName: "Παπαδάκης",
    email: "lefteris@example.org",
    dateOfBirth: "1979-09-08",
    bio: "Sailor in summer, teacher in winter. If it floats, I save it.",
    follows: ["yuki", "saoirse", "mirka"],
  },
  {
    username: "saoirse",
    firstName: "Saoirse",
    lastName: "Ní Bhriain",
    email: "saoirse@example.org",
    dateOfBirth: "1990-01-24",
    bio: "Counts birds for a living. One for sorrow, two for joy.",
    follows: ["mirka", "lefteris"],
  },
  {
    username: "ravi",
    firstName: "Ravi",
    lastName: "Menon",
    email: "ravi@example.org",
    dateOfBirth: "1998-03-15",
    bio: "Architecture student. Stairs, rooftops, late trains home.",
    follows: ["amina", "tadeo", "joana", "yuki"],
  },
  {
    username: "joana",
    firstName: "Joana",
    lastName: "Valadão",
    email: "joana@example.org",
    dateOfBirth: "1989-10-02",
    bio: "Cozinha, plantas e cerâmica. I am repainting the kitchen and need opinions.",
    follows: ["amina", "ravi", "saoirse"],
  },
];
