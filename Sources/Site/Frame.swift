/// What is around every page.
struct Frame {
    /// The page's title, and its only heading of the first rank.
    let title: String
    /// Where style and scripts are.
    let base = Assets.base
    /// Who looks; nil where nobody has said so.
    let viewer: Viewer?
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

    /// What is around a page of this title.
    init(
        _ title: String, _ preferences: Preferences, _ options: SiteOptions, _ viewer: Viewer? = nil
    ) {
        self.title = title
        self.viewer = viewer
        zone = preferences.zone.name
        isZoneChosen = preferences.isZoneChosen
        units = preferences.units.rawValue
        hasLeaflet = options.leaflet != nil
        tiles = options.tiles?.url
        tilesBy = options.tiles?.attribution
    }
}
