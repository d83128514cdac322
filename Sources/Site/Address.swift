internal import Foundation

/// Parts of addresses.
enum Address {
    /// A text as it may stand in a query or as a part of a path.
    static func encoded(_ text: String) -> String {
        var allowed = CharacterSet(charactersIn: "0"..."9")
        allowed.insert(charactersIn: "a"..."z")
        allowed.insert(charactersIn: "A"..."Z")
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}
