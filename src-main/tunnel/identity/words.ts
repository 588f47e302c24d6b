/**
 * Words that people compare on two screens or read aloud: short, friendly, and different from each
 * other within their first three letters. Their order is part of the protocol.
 */
const words = `
acorn actor album alley amber anchor angel ankle apple apron arch arrow
aspen attic autumn axle bagel baker balcony bamboo banjo barrel basil beaver
beetle bell bicycle birch biscuit blanket blossom boat bonfire bottle branch bread
bridge brook bucket butter cabin cactus camel candle carpet castle cedar cello
cherry chimney cinema circle clover cobalt coconut comet copper coral cotton crane
cricket crystal cushion dahlia daisy dancer desert diamond dolphin donkey dragon drum
dune eagle echo elbow elm ember emerald engine evening falcon feather fennel
fern fiddle finch flute forest fossil fountain fox freckle garden gecko ginger
giraffe glacier globe goblet gondola granite guitar hammer harbor hazel hedge helmet
heron hiking honey horizon hotel iceberg igloo indigo island ivory jacket jaguar
jasmine jelly jigsaw jungle kayak kettle kitten kiwi koala ladder lagoon lantern
lark laurel lava lemon lettuce library lilac linen lizard lobster lotus lunar
magnet mango maple marble meadow melon mercury meteor mint mirror mitten monkey
moss mountain muffin museum nectar needle nickel noodle nutmeg oasis oboe ocean
olive onion opal orange orchid origami otter owl oxygen oyster paddle panda
paper parrot pebble pelican pencil pepper piano pigeon pillow pine planet plum
pocket polar pony poppy prairie pumpkin puzzle quartz quilt rabbit radish raft
raven ribbon river robin rocket rose ruby saddle saffron sailor salad satin
scarf sesame shadow shell silver spider spoon squirrel stone summer sunset swan
tango teapot temple thistle thunder tiger toast tomato tulip tunnel turtle umbrella
valley vanilla velvet violin wagon walnut whale willow window wheat wizard yarn
yellow yogurt zebra zenith
`
  .trim()
  .split(/\s+/);

/** 5 words are 40 bits. */
const wordCount = 5;

/** The beginning of a hash as words, one for each byte. */
export function wordsOf(hash: Uint8Array): readonly string[] {
  return Array.from(hash.subarray(0, wordCount), (byte) => words[byte] ?? '');
}
