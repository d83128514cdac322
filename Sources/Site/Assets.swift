internal import Projection

/// The site's style and scripts, part of the program.
enum Assets {
    /// A file as it is served.
    struct File {
        var bytes: [UInt8]
        var type: String
    }

    /// The path under which all are, which changes with any of them: whoever has a file under it has
    /// the right one for ever, and scripts that import each other are of one build.
    static let base = "/assets/\(tag)"

    private static let tag: String = {
        let all = names.sorted().reduce(into: [UInt8]()) { $0 += file($1, nil)?.bytes ?? [] }
        return String(ContentTag.of(all), radix: 16)
    }()

    private static let names = [
        "site.css", "diff.css", "site.js", "live.js", "trip.js", "map.js", "chart.js",
    ]

    /// A file by its name; nil where there is none.
    static func file(_ name: String, _ leaflet: LeafletFiles?) -> File? {
        switch name {
        case "site.css": style(PackageResources.site_css)
        case "diff.css": style(DiffPage.styleBytes)
        case "site.js": script(PackageResources.site_js)
        case "live.js": script(PackageResources.live_js)
        case "trip.js": script(PackageResources.trip_js)
        case "map.js": script(PackageResources.map_js)
        case "chart.js": script(PackageResources.chart_js)
        case "leaflet.js": leaflet.map { script($0.script) }
        case "leaflet.css": leaflet.map { style($0.style) }
        default: nil
        }
    }

    private static func style(_ bytes: [UInt8]) -> File {
        File(bytes: bytes, type: "text/css; charset=utf-8")
    }

    private static func script(_ bytes: [UInt8]) -> File {
        File(bytes: bytes, type: "text/javascript; charset=utf-8")
    }
}
