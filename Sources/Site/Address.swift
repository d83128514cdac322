internal import Foundation

/// Parts of addresses.
enum Address {
    /// The value of a field that a form has put into a query, where a space is a plus; nil where it
    /// is not there or wrongly encoded.
    static func field(_ name: String, of query: String?) -> String? {
        for pair in (query ?? "").split(separator: "&") where pair.hasPrefix("\(name)=") {
            return String(pair.dropFirst(name.utf8.count + 1)).replacing("+", with: " ")
                .removingPercentEncoding
        }
        return nil
    }

    /// A text as it may stand in a query or as a part of a path.
    static func encoded(_ text: String) -> String {
        var allowed = CharacterSet(charactersIn: "0"..."9")
        allowed.insert(charactersIn: "a"..."z")
        allowed.insert(charactersIn: "A"..."Z")
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}
