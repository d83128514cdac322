/// What the site is set up with.
public struct SiteOptions: Sendable {
    /// The map's library; without it the map is a drawing.
    public var leaflet: LeafletFiles?
    /// Where the map's tiles come from; nil for a map without any.
    public var tiles: TileSource?

    /// A site without a moving map.
    public init(leaflet: LeafletFiles? = nil, tiles: TileSource? = nil) {
        self.leaflet = leaflet
        self.tiles = tiles
    }
}

/// A server of map tiles, which learns what its users look at.
public struct TileSource: Sendable, Equatable {
    /// What an address may be, in words for an error.
    public static let allowed =
        "an http or https address with {z}, {x} and {y}, as https://tiles.example/{z}/{x}/{y}.png"

    /// The address of a tile.
    public let url: String
    /// Whose tiles they are, as their owner wants it said.
    public let attribution: String?
    /// The one other origin that pages may show pictures of.
    let origin: String

    /// Tiles at an address; nil where it is not ``allowed``.
    public init?(url: String, attribution: String? = nil) {
        guard let scheme = ["https://", "http://"].first(where: { url.hasPrefix($0) }),
            ["{z}", "{x}", "{y}"].allSatisfy({ url.contains($0) })
        else { return nil }
        let host = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // What stands here becomes part of a policy: nothing that would end its value.
        let isHost = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: ":"):
                true
            default: false
            }
        }
        guard isHost, !host.isEmpty else { return nil }
        self.url = url
        self.attribution = attribution
        origin = scheme + host
    }
}
