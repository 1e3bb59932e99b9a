import { testAccessibility } from "./site-accessibility.ts";
import { testJourneys } from "./site-journeys.ts";
import { testPeople } from "./site-people.ts";
import { setUpSite } from "./site-set-up.ts";

// One file, because drawing the demo takes longer than most of what happens on it.
const journey = setUpSite({ demo: true });
testJourneys(journey);
testPeople(journey);
testAccessibility(journey);
