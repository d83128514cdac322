internal import Mustache

/// The pages' templates, part of the program: parsed once, when the first page is made.
enum Templates {
    /// What a template is called, after its file.
    enum Name: String, CaseIterable {
        case layout, time, track, trips, trip, parts, events, score, message, operations
        case profile, delete, deleted, share, shared
        case signIn
        case tripScripts = "trip-scripts"
    }

    /// The text of a page.
    ///
    /// - Parameter view: a value whose stored properties the template names.
    static func render(_ name: Name, _ frame: Frame, _ view: Any) -> String {
        guard
            let text = library.render(
                Document(frame: frame, view: view), withTemplate: name.rawValue)
        else { preconditionFailure("there is no template \(name)") }
        return text
    }

    /// What every template finds: the frame around the page, and what is on it.
    private struct Document {
        let frame: Frame
        let view: Any
    }

    /// The text of a template, as it is in the sources.
    static func source(_ name: Name) -> String {
        String(decoding: bytes(name), as: UTF8.self)
    }

    private static func bytes(_ name: Name) -> [UInt8] {
        switch name {
        case .layout: PackageResources.layout_mustache
        case .time: PackageResources.time_mustache
        case .track: PackageResources.track_mustache
        case .trips: PackageResources.trips_mustache
        case .trip: PackageResources.trip_mustache
        case .parts: PackageResources.parts_mustache
        case .events: PackageResources.events_mustache
        case .score: PackageResources.score_mustache
        case .message: PackageResources.message_mustache
        case .operations: PackageResources.operations_mustache
        case .profile: PackageResources.profile_mustache
        case .delete: PackageResources.delete_mustache
        case .deleted: PackageResources.deleted_mustache
        case .share: PackageResources.share_mustache
        case .shared: PackageResources.shared_mustache
        case .tripScripts: PackageResources.trip_scripts_mustache
        case .signIn: PackageResources.signIn_mustache
        }
    }

    private static let library: MustacheLibrary = {
        MustacheContentTypes.register(PageText(), named: PageText.name)
        var library = MustacheLibrary()
        for name in Name.allCases {
            // Every template, so that none can be rendered with the library's own escaping.
            let text = "{{% CONTENT_TYPE:\(PageText.name)}}" + source(name)
            do {
                try library.register(text, named: name.rawValue)
            } catch {
                preconditionFailure("the template \(name) cannot be read: \(error)")
            }
        }
        return library
    }()
}

/// Escapes what is put into a page, for text and for attributes in double or single quotes.
///
/// By Unicode scalars: the library's own HTML goes by characters, and a quote with a combining mark
/// after it is another character than a quote, but ends an attribute all the same.
struct PageText: MustacheContentType {
    static let name = "PAGE"

    func escapeText(_ text: String) -> String { HTML.escaped(text) }
}
