// @ts-check
// The emoji that `:name:` knows: the common ones, loaded when the first is asked for.

const TABLE = `
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 sweat_smile 😅 rofl 🤣 joy 😂
slight_smile 🙂 upside_down 🙃 melting 🫠 wink 😉 blush 😊 innocent 😇 love 🥰 heart_eyes 😍
star_struck 🤩 kiss 😘 yum 😋 tongue 😛 zany 🤪 money_mouth 🤑 hugging 🤗 giggle 🤭
shush 🤫 thinking 🤔 salute 🫡 zipper 🤐 raised_eyebrow 🤨 neutral 😐 expressionless 😑 no_mouth 😶
smirk 😏 unamused 😒 rolling_eyes 🙄 grimace 😬 lying 🤥 relieved 😌 pensive 😔 sleepy 😪
drooling 🤤 sleeping 😴 mask 😷 sick 🤒 hurt 🤕 nauseated 🤢 vomiting 🤮 sneezing 🤧
hot 🥵 cold 🥶 woozy 🥴 dizzy 😵 mind_blown 🤯 cowboy 🤠 party 🥳 disguise 🥸
cool 😎 nerd 🤓 monocle 🧐 confused 😕 worried 😟 frown 🙁 open_mouth 😮 astonished 😲
flushed 😳 pleading 🥺 fearful 😨 anxious 😰 cry 😢 sob 😭 scream 😱 disappointed 😞
sweat 😓 weary 😩 tired 😫 yawn 🥱 triumph 😤 angry 😠 rage 😡 cursing 🤬
devil 😈 skull 💀 poop 💩 clown 🤡 ghost 👻 alien 👽 robot 🤖 see_no_evil 🙈
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 white_heart 🤍
broken_heart 💔 sparkling_heart 💖 hundred 💯 anger 💢 boom 💥 dash 💨 sweat_drops 💦 zzz 💤
wave 👋 raised_hand ✋ ok_hand 👌 pinch 🤏 victory ✌️ crossed_fingers 🤞 rock 🤘 call_me 🤙
point_left 👈 point_right 👉 point_up 👆 point_down 👇 +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎
fist ✊ punch 👊 clap 👏 raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏 writing ✍️
muscle 💪 ear 👂 eyes 👀 brain 🧠 bow 🙇 facepalm 🤦 shrug 🤷 running 🏃
dancing 💃 family 👪 footprints 👣 monkey 🐵 dog 🐶 cat 🐱 fox 🦊 bear 🐻
panda 🐼 lion 🦁 tiger 🐯 horse 🐴 unicorn 🦄 cow 🐮 pig 🐷 mouse 🐭
rabbit 🐰 frog 🐸 chicken 🐔 penguin 🐧 bird 🐦 duck 🦆 owl 🦉 turtle 🐢
snake 🐍 dragon 🐉 whale 🐳 dolphin 🐬 fish 🐟 octopus 🐙 snail 🐌 butterfly 🦋
bug 🐛 ant 🐜 bee 🐝 spider 🕷️ rose 🌹 sunflower 🌻 tree 🌳 palm 🌴
cactus 🌵 clover 🍀 leaf 🍃 apple 🍎 lemon 🍋 banana 🍌 watermelon 🍉 grapes 🍇
strawberry 🍓 cherries 🍒 peach 🍑 avocado 🥑 pepper 🌶️ bread 🍞 cheese 🧀 burger 🍔
fries 🍟 pizza 🍕 taco 🌮 egg 🍳 salad 🥗 rice 🍚 sushi 🍣 ice_cream 🍦
doughnut 🍩 cookie 🍪 cake 🎂 chocolate 🍫 popcorn 🍿 coffee ☕ tea 🍵 beer 🍺
cheers 🍻 wine 🍷 champagne 🍾 earth 🌍 mountain ⛰️ house 🏠 office 🏢 car 🚗
bus 🚌 bike 🚲 train 🚆 plane ✈️ rocket 🚀 ship 🚢 hourglass ⏳ clock ⏰
sun ☀️ moon 🌙 star ⭐ sparkles ✨ cloud ☁️ rain 🌧️ snowflake ❄️ snowman ⛄
rainbow 🌈 umbrella ☔ zap ⚡ fire 🔥 droplet 💧 ocean 🌊 christmas 🎄 jack_o_lantern 🎃
balloon 🎈 tada 🎉 confetti 🎊 gift 🎁 trophy 🏆 medal 🏅 soccer ⚽ basketball 🏀
tennis 🎾 dart 🎯 game 🎮 dice 🎲 puzzle 🧩 art 🎨 music 🎵 guitar 🎸
microphone 🎤 headphones 🎧 phone 📱 laptop 💻 keyboard ⌨️ computer 🖥️ printer 🖨️ floppy 💾
camera 📷 movie 🎬 tv 📺 bulb 💡 flashlight 🔦 book 📖 books 📚 newspaper 📰
bookmark 🔖 money 💰 mail ✉️ inbox 📥 outbox 📤 package 📦 pencil ✏️ memo 📝
briefcase 💼 folder 📁 calendar 📅 chart 📈 chart_down 📉 clipboard 📋 pin 📌 paperclip 📎
scissors ✂️ lock 🔒 unlock 🔓 key 🔑 hammer 🔨 tools 🛠️ gear ⚙️ link 🔗
magnet 🧲 microscope 🔬 telescope 🔭 pill 💊 door 🚪 bed 🛏️ broom 🧹 bell 🔔
megaphone 📣 speech 💬 thought 💭 warning ⚠️ stop 🛑 construction 🚧 siren 🚨 recycle ♻️
check ✅ cross ❌ question ❓ exclamation ❗ plus ➕ minus ➖ infinity ♾️ red_circle 🔴
green_circle 🟢 yellow_circle 🟡 blue_circle 🔵 flag 🚩 checkered_flag 🏁 rainbow_flag 🏳️‍🌈 new 🆕 sos 🆘
`;

/** @param {string} table names and signs in turn @returns {[string, string][]} */
function pairs(table) {
  const all = table.trim().split(/\s+/u);
  return all.flatMap((name, at) => (at % 2 === 0 ? [[name, all[at + 1] ?? '']] : []));
}

/** By name, the commonest first. @type {ReadonlyMap<string, string>} */
export const EMOJI = new Map(pairs(TABLE));
