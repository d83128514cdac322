internal import Foundation

/// The map's library, as the system has it installed; none of it is part of this program.
public struct LeafletFiles: Sendable {
    /// Where packages put it, the first that has it wins: Debian's `libjs-leaflet`, Debian's
    /// `node-leaflet`.
    public static let places = [
        "/usr/share/javascript/leaflet", "/usr/share/nodejs/leaflet/dist",
    ]
    /// Bytes that a file of it may have.
    private static let sizeLimit = 2 << 20

    let script: [UInt8]
    let style: [UInt8]

    /// The library in one of these directories; nil where none has it whole.
    public init?(in directories: [String] = LeafletFiles.places) {
        for directory in directories {
            let scripts = ["leaflet.min.js", "leaflet.js"].lazy
                .compactMap { Self.bytes("\(directory)/\($0)") }
            if let script = scripts.first, let style = Self.bytes("\(directory)/leaflet.css") {
                self.script = script
                self.style = style
                return
            }
        }
        return nil
    }

    private static func bytes(_ path: String) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path), !data.isEmpty,
            data.count <= sizeLimit
        else { return nil }
        return Array(data)
    }
}
