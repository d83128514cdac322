/// What is around every page.
struct Frame {
    /// The page's title, and its only heading of the first rank.
    let title: String
    /// Where style and scripts are.
    let base = Assets.base
    /// Whether the viewer runs the installation.
    let isOperator: Bool
    /// The zone of the page's times.
    let zone: String
    /// Whether the viewer chose it.
    let isZoneChosen: Bool
    /// `kmh` or `mph`.
    let units: String
    /// Whether the map's library is there.
    let hasLeaflet: Bool
    /// Where the map's tiles come from; nil for a map without any.
    let tiles: String?
    /// Whose tiles they are.
    let tilesBy: String?

    init(
        _ title: String, _ preferences: Preferences, _ options: SiteOptions,
        isOperator: Bool = false
    ) {
        self.title = title
        self.isOperator = isOperator
        zone = preferences.zone.name
        isZoneChosen = preferences.isZoneChosen
        units = preferences.units.rawValue
        hasLeaflet = options.leaflet != nil
        tiles = options.tiles?.url
        tilesBy = options.tiles?.attribution
    }
}
