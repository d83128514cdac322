import Glibc
import KafkaBroker

// A cluster in memory, for programs that are to be tried on faults. Prints its addresses, then
// does what the lines of its input say, answers each with `done`, and ends with its input.
//
//   mock-cluster TOPIC=PARTITIONS…
//
//   down BROKER | up BROKER        0 is all of them
//   lead TOPIC PARTITION BROKER    moves a leader

func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    precondition(write(1, bytes, bytes.count) == bytes.count, "standard output is gone")
}

let cluster = try MockCluster()
for word in CommandLine.arguments.dropFirst() {
    let parts = word.split(separator: "=")
    cluster.create(String(parts[0]), partitions: Int(parts[1])!)
}
say(cluster.addresses)
while let line = readLine() {
    let words = line.split(separator: " ").map(String.init)
    switch (words.first, words.count) {
    case ("down", 2) where words[1] == "0": cluster.setAll(down: true)
    case ("up", 2) where words[1] == "0": cluster.setAll(down: false)
    case ("down", 2): cluster.take(down: Int32(words[1])!)
    case ("up", 2): cluster.bring(up: Int32(words[1])!)
    case ("lead", 4): cluster.lead(words[1], Int(words[2])!, by: Int32(words[3])!)
    default: fatalError("unknown: \(line)")
    }
    say("done")
}
