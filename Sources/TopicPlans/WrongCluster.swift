/// The log is not the one that the files are for.
public struct WrongCluster: Error, Equatable, CustomStringConvertible {
    /// The id of the cluster that was asked; nil where the log is no cluster.
    public var has: String?
    /// The id of the one that is meant.
    public var wanted: String
    /// Who means it.
    public var source: String

    /// Another cluster than the one that is meant.
    public init(has: String?, wanted: String, source: String) {
        self.has = has
        self.wanted = wanted
        self.source = source
    }

    /// Both ids, and who named the one that is not there.
    public var description: String {
        let here = has.map { "this cluster is \"\($0)\"" } ?? "this log is no cluster"
        return "\(source) is for cluster \"\(wanted)\", and \(here)"
    }
}
