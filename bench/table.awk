# Lines of tacho-bench (name, unit, work, CPU seconds, load) to medians, as Markdown or JSON.
BEGIN { FS = "\t" }
{
    if (!($1 in runs)) { order[++figures] = $1; unit[$1] = $2; load[$1] = $5 }
    rate[$1, ++runs[$1]] = $3 / $4
}
function sort(name,    i, j, value) {
    for (i = 2; i <= runs[name]; i++) {
        value = rate[name, i]
        for (j = i - 1; j > 0 && rate[name, j] > value; j--) rate[name, j + 1] = rate[name, j]
        rate[name, j + 1] = value
    }
}
function median(name,    n) {
    n = runs[name]
    return n % 2 ? rate[name, (n + 1) / 2] : (rate[name, n / 2] + rate[name, n / 2 + 1]) / 2
}
# 12345678 as 12.3 M, 4321 as 4,321.
function short(value) {
    if (value >= 1e6) return sprintf((value >= 1e7 ? "%.1f M" : "%.2f M"), value / 1e6)
    if (value >= 1000) return sprintf("%d,%03d", value / 1000, value % 1000)
    return sprintf("%.1f", value)
}
function ratio(name, part, whole) {
    if (!(part in runs) || !(whole in runs)) return
    if (form == "json") {
        printf ",\n  {\"name\": \"%s\", \"ratio\": %.4f}", name, median(part) / median(whole)
    } else printf "| %s | %.3f |\n", name, median(part) / median(whole)
}
function ratios() {
    ratio("Wire decode, 600 : bare varints", "Wire decode, 600", "Bare varints")
    ratio("Kernel, batches of 60 : whole trip", "Kernel, batches of 60", "Kernel, whole trip")
    ratio("Scorer from the log : log read and decode", "Scorer from the log", "Log read and decode")
    ratio("GET trip : GET /livez", "GET trip", "GET /livez")
    ratio("GET trip, unchanged : GET /livez", "GET trip, unchanged", "GET /livez")
    ratio("Scorer on Kafka : worker in C", "Scorer on Kafka", "Worker in C on Kafka")
    ratio("Replay on Kafka : read and decode in C", "Replay on Kafka", "Read and decode in C")
    ratio("Gateway to Kafka : gateway in C", "Gateway uploads to Kafka", "Gateway in C to Kafka")
    ratio("GET trip : nginx", "GET trip", "nginx, trip")
    ratio("GET list : nginx", "GET list", "nginx, list")
    ratio("GET track : nginx", "GET track", "nginx, track")
    ratio("GET trip, unchanged : nginx", "GET trip, unchanged", "nginx, trip, unchanged")
    ratio("GET list, unchanged : nginx", "GET list, unchanged", "nginx, list, unchanged")
    ratio("GET track, unchanged : nginx", "GET track, unchanged", "nginx, track, unchanged")
}
# What a figure means for a day: 10,000 vehicles, 100 minutes of driving each, a point a second.
function day(name) {
    if (!(name in runs)) return
    printf "\n%s, extrapolated: a day of 10,000 vehicles that drive 100 minutes each, 60 M points, ", name
    printf "takes %d CPU seconds.\n", 60e6 / median(name)
}
function machine(    line, part, cores, model) {
    while ((getline line < "/proc/cpuinfo") > 0) {
        split(line, part, /[ \t]*:[ \t]*/)
        if (part[1] == "processor") cores++
        if (part[1] == "model name") model = part[2]
    }
    return cores " cores, " model
}
END {
    for (i = 1; i <= figures; i++) sort(order[i])
    if (form == "json") {
        printf "{\"machine\": \"%s\", \"runs\": %d, \"figures\": [\n", machine(), runs[order[1]]
        for (i = 1; i <= figures; i++) {
            name = order[i]
            printf "%s  {\"name\": \"%s\", \"unit\": \"%s\", ", (i > 1 ? ",\n" : ""), name, unit[name]
            printf "\"median\": %.1f, \"min\": %.1f, ", median(name), rate[name, 1]
            printf "\"max\": %.1f, \"load\": \"%s\"}", rate[name, runs[name]], load[name]
        }
        ratios()
        print "\n]}"
        exit
    }
    print "# Work per CPU second\n"
    printf "%s. Median of %d runs; `bench/README.md` says how to read it.\n\n", machine(),
        runs[order[1]]
    print "| figure | per CPU second | median | min | max | load |"
    print "| --- | --- | ---: | ---: | ---: | --- |"
    for (i = 1; i <= figures; i++) {
        name = order[i]
        printf "| %s | %s | %s | %s | %s | %s |\n", name, unit[name], short(median(name)),
            short(rate[name, 1]), short(rate[name, runs[name]]), load[name]
    }
    print "\n| ratio | |\n| --- | ---: |"
    ratios()
    day("Replay of the embedded log")
    day("Replay on Kafka")
}
