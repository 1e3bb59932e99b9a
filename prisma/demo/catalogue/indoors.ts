import { breakfast } from "../pictures/breakfast.ts";
import { canalHouses } from "../pictures/canal.ts";
import { catOnSill } from "../pictures/cat.ts";
import { rooftops, skyline } from "../pictures/city.ts";
import { kitchen } from "../pictures/kitchen.ts";
import { courtyard, isometricTown } from "../pictures/places.ts";
import { plantShelf } from "../pictures/plant-shelf.ts";
import { fiveVases, quietBottles } from "../pictures/vessels.ts";
import { viaduct } from "../pictures/viaduct.ts";
import type { Entry } from "./entry.ts";

/** Newest first. */
export const indoors: readonly Entry[] = [
  {
    key: "cat-on-sill",
    draw: catOnSill,
    size: [1000, 1250],
    savedBy: "joana",
    site: "quietrooms",
    title: "Waiting up",
    description: "She knows exactly when the last bus comes.",
  },
  {
    key: "five-vases",
    draw: fiveVases,
    size: [1000, 1250],
    savedBy: "joana",
    site: "clay",
    title: "Five vases",
    description: "The striped one came home with me.",
  },
  {
    key: "canal-houses",
    draw: canalHouses,
    size: [1350, 900],
    savedBy: "ravi",
    site: "streets",
    title: "Canal houses, no two alike",
    description: "Step, bell, neck, cornice: a lesson in gables.",
  },
  {
    key: "courtyard",
    draw: courtyard,
    size: [1000, 1250],
    savedBy: "ravi",
    site: "streets",
    title: "Pink wall, orange stair",
    description: "The shadow is half of the building.",
  },
  {
    key: "kitchen",
    draw: kitchen,
    size: [1350, 900],
    savedBy: "joana",
    site: "quietrooms",
    title: "Kitchen, six o’clock",
    description: "This lamp. Does anyone know who makes it?",
  },
  {
    key: "viaduct",
    draw: viaduct,
    size: [1280, 720],
    savedBy: "ravi",
    site: "streets",
    title: "The 21:40",
    description: "Last train over the viaduct.",
  },
  {
    key: "breakfast",
    draw: breakfast,
    size: [1080, 1080],
    format: "webp",
    savedBy: "tadeo",
    site: "quietrooms",
    title: "Desayuno",
    description: "Sunday, from above.",
  },
  {
    key: "rooftops",
    draw: rooftops,
    size: [1000, 1250],
    savedBy: "joana",
    site: "streets",
    title: "Telhados",
    description: "I counted the chimneys. Then I counted them again.",
  },
  {
    key: "skyline",
    draw: skyline,
    size: [1470, 630],
    savedBy: "amina",
    site: "streets",
    title: "Nine million windows",
  },
  {
    key: "plant-shelf",
    draw: plantShelf,
    size: [900, 1350],
    savedBy: "joana",
    site: "herbarium",
    title: "Survivors",
    description: "The ones I have not overwatered yet.",
  },
  {
    key: "quiet-bottles",
    draw: quietBottles,
    size: [1350, 900],
    savedBy: "yuki",
    site: "clay",
    title: "Bottles, after Morandi",
    description: "Nothing happens in it, which is why I keep looking.",
  },
  {
    key: "isometric-town",
    draw: isometricTown,
    size: [1080, 1080],
    format: "webp",
    savedBy: "ravi",
    site: "streets",
    title: "No two roofs level",
    description: "Find the lit windows.",
  },
];
