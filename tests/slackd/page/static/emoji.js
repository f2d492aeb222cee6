// Emoji names to characters: the ones Scribe understands first, then the ones people throw about.

export const VOCABULARY = [
  "pushpin", "boom", "rotating_light", "pager", "sos", "mag", "bulb", "no_entry_sign", "hammer_and_wrench",
  "adhesive_bandage", "checkered_flag", "scales", "loudspeaker", "chart_with_downwards_trend", "dart", "sunny",
  "thunder_cloud_and_rain", "four_leaf_clover",
];
const OFTEN = ["eyes", "+1"];

const TABLE = {
  pushpin: "📌", boom: "💥", rotating_light: "🚨", pager: "📟", sos: "🆘", mag: "🔍", bulb: "💡", no_entry_sign: "🚫",
  hammer_and_wrench: "🛠️", adhesive_bandage: "🩹", checkered_flag: "🏁", scales: "⚖️", loudspeaker: "📢",
  chart_with_downwards_trend: "📉", dart: "🎯", sunny: "☀️", thunder_cloud_and_rain: "⛈️", four_leaf_clover: "🍀",
  eyes: "👀", "+1": "👍", "-1": "👎", white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌",
  warning: "⚠️", no_entry: "⛔", octagonal_sign: "🛑", fire: "🔥", fire_engine: "🚒", ambulance: "🚑", zap: "⚡", bell: "🔔", no_bell: "🔕",
  mega: "📣", speech_balloon: "💬", thought_balloon: "💭", memo: "📝", pencil: "📝", pencil2: "✏️", clipboard: "📋", page_facing_up: "📄",
  bookmark_tabs: "📑", bookmark: "🔖", books: "📚", book: "📖", notebook: "📓", scroll: "📜", file_folder: "📁", card_index: "📇",
  calendar: "📆", spiral_calendar_pad: "🗓️", date: "📅", clock1: "🕐", clock3: "🕒", clock9: "🕘", alarm_clock: "⏰", stopwatch: "⏱️",
  timer_clock: "⏲️", hourglass: "⌛", hourglass_flowing_sand: "⏳", watch: "⌚",
  chart_with_upwards_trend: "📈", bar_chart: "📊", mag_right: "🔎", link: "🔗", paperclip: "📎", round_pushpin: "📍", triangular_flag_on_post: "🚩",
  lock: "🔒", unlock: "🔓", key: "🔑", shield: "🛡️", wrench: "🔧", hammer: "🔨", gear: "⚙️", nut_and_bolt: "🔩", toolbox: "🧰", test_tube: "🧪",
  microscope: "🔬", package: "📦", inbox_tray: "📥", outbox_tray: "📤", envelope: "✉️", email: "📧", telephone: "☎️", phone: "📞", iphone: "📱",
  computer: "💻", desktop_computer: "🖥️", floppy_disk: "💾", cd: "💿", satellite_antenna: "📡", electric_plug: "🔌", battery: "🔋",
  red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵", large_purple_circle: "🟣",
  white_circle: "⚪", black_circle: "⚫", large_red_square: "🟥", large_green_square: "🟩", white_large_square: "⬜", black_large_square: "⬛",
  small_blue_diamond: "🔹", small_orange_diamond: "🔸", arrow_up: "⬆️", arrow_down: "⬇️", arrow_right: "➡️", arrow_left: "⬅️",
  arrows_counterclockwise: "🔄", repeat: "🔁", fast_forward: "⏩", rewind: "⏪", double_vertical_bar: "⏸️", black_right_pointing_triangle_for_play: "▶️",
  tada: "🎉", confetti_ball: "🎊", sparkles: "✨", star: "⭐", star2: "🌟", rocket: "🚀", trophy: "🏆", medal: "🏅", "100": "💯", pray: "🙏", clap: "👏",
  raised_hands: "🙌", wave: "👋", ok_hand: "👌", muscle: "💪", point_up: "☝️", point_right: "👉", point_left: "👈", point_down: "👇", raised_hand: "✋", handshake: "🤝",
  thumbsup: "👍", thumbsdown: "👎", smile: "😄", slightly_smiling_face: "🙂", grinning: "😀", joy: "😂", wink: "😉", blush: "😊", thinking_face: "🤔",
  neutral_face: "😐", confused: "😕", worried: "😟", cry: "😢", sob: "😭", scream: "😱", sweat_smile: "😅", cold_sweat: "😰", sleeping: "😴", sunglasses: "😎",
  exploding_head: "🤯", facepalm: "🤦", shrug: "🤷", face_with_rolling_eyes: "🙄", heart: "❤️", broken_heart: "💔", green_heart: "💚", blue_heart: "💙",
  coffee: "☕", pizza: "🍕", beer: "🍺", cake: "🍰", doughnut: "🍩", robot_face: "🤖", ghost: "👻", skull: "💀", bug: "🐛", turtle: "🐢", dog: "🐶", cat: "🐱",
  unicorn_face: "🦄", snail: "🐌", seedling: "🌱", rain_cloud: "🌧️", cloud: "☁️", partly_sunny: "⛅", rainbow: "🌈", snowflake: "❄️", ocean: "🌊", droplet: "💧",
  earth_africa: "🌍", globe_with_meridians: "🌐", house: "🏠", hospital: "🏥", bank: "🏦", construction: "🚧", traffic_light: "🚦", vertical_traffic_light: "🚥",
  police_car: "🚓", helmet_with_white_cross: "⛑️", firefighter: "🧑‍🚒", male_detective: "🕵️", busts_in_silhouette: "👥", bust_in_silhouette: "👤", man_technologist: "👨‍💻", woman_technologist: "👩‍💻",
  moneybag: "💰", money_with_wings: "💸", credit_card: "💳", shopping_trolley: "🛒", bathtub: "🛁", broom: "🧹", wastebasket: "🗑️", mute: "🔇", question: "❓", grey_question: "❔",
  exclamation: "❗", bangbang: "‼️", information_source: "ℹ️", heavy_plus_sign: "➕", heavy_minus_sign: "➖", heavy_multiplication_x: "✖️", wavy_dash: "〰️", infinity: "♾️", recycle: "♻️", label: "🏷️",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", zero: "0️⃣", ok: "🆗", new: "🆕", up: "🆙", sleuth_or_spy: "🕵️", ear: "👂", brain: "🧠", compass: "🧭", world_map: "🗺️", ladder: "🪜", bricks: "🧱", anchor: "⚓", surfer: "🏄",
};

export const NAMES = [...new Set([...VOCABULARY, ...OFTEN, ...Object.keys(TABLE)])];

/** The character for a name with or without skin tone, or null for a name we have no picture of. */
export function emojiChar(name) {
  const [base, tone] = name.split("::skin-tone-");
  const char = Object.hasOwn(TABLE, base) ? TABLE[base] : null;
  return char && tone >= 2 && tone <= 6 ? char + String.fromCodePoint(0x1f3f9 + Number(tone)) : char;
}
