/// Why a backup was not made, is not good, or was not restored.
public enum BackupProblem: Error, Equatable, Sendable {
    /// There is something already where it is to be.
    case taken(path: String)
    /// Another process makes a backup, or restores one, at the same place.
    case busy(path: String)
    /// The directory that is to be backed up holds no log.
    case noData(path: String)
    /// What is named is no backup, or not a whole one.
    case noBackup(path: String)
    /// A newer program made it.
    case newer(what: String, version: Int, known: Int)
    /// It is not as its manifest says.
    case damaged(String)
    /// The disk is full.
    case noRoom(path: String)
    /// The file system, or the log, does not do what it is asked.
    case failed(String)
}

extension BackupProblem: CustomStringConvertible {
    /// In words, with what to do.
    public var description: String {
        switch self {
        case .taken(let path):
            "\(path) is there already and is left as it is: name a directory that is not"
        case .busy(let path): "another process is at work on \(path)"
        case .noData(let path):
            "there is no log in \(path): name the directory of a `tacho up` by --data"
        case .noBackup(let path):
            "\(path) is no whole backup: it has no \(BackupManifest.fileName)"
        case .newer(let what, let version, let known):
            """
            \(what) has format \(version), and this program knows formats up to \(known): use the \
            program that made the backup, or a newer one
            """
        case .damaged(let reason): "the backup is damaged: \(reason)"
        case .noRoom(let path):
            "there is no room for \(path); nothing of it is left behind"
        case .failed(let reason): reason
        }
    }
}
