internal import Foundation

/// The file of an installation's key, readable by its owner only.
public enum KeyFile {
    /// Who may read a key file beside its owner.
    public enum Readers: Sendable {
        /// Nobody.
        case owner
        /// The owner's group, as where a cluster mounts it.
        case group
    }

    private static let longest = 16_384

    /// Reads a key.
    public static func read(
        _ path: String, readers: Readers
    ) async throws(KeyFileProblem) -> InstallationKey {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw errno == ENOENT ? .missing : Self.unusable() }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw Self.unusable() }
        let refused: mode_t = readers == .owner ? 0o077 : 0o007
        guard status.st_mode & refused == 0 else {
            throw .readable(mode: Int(status.st_mode & 0o777))
        }
        var bytes = [UInt8](repeating: 0, count: longest)
        let count = Foundation.read(file, &bytes, longest)
        guard count >= 0 else { throw Self.unusable() }
        return try await InstallationKey(pem: String(decoding: bytes[..<count], as: UTF8.self))
    }

    /// Reads the key, and makes one before where there is none: whole or not at all, and the same
    /// for everybody who does so at the same time.
    public static func readOrMake(_ path: String) async throws(KeyFileProblem) -> InstallationKey {
        do {
            return try await read(path, readers: .owner)
        } catch KeyFileProblem.missing {
            try make(path)
            return try await read(path, readers: .owner)
        }
    }

    private static func make(_ path: String) throws(KeyFileProblem) {
        let temporary = "\(path).\(InstallationKey.randomID())"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.unusable() }
        defer { unlink(temporary) }
        let bytes = Array(InstallationKey.newPEM().utf8)
        let isWritten = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        let problem = Self.unusable()
        guard close(file) == 0, isWritten else { throw problem }
        // A link never replaces: whoever comes second takes the key of the first.
        guard link(temporary, path) == 0 || errno == EEXIST else { throw Self.unusable() }
        let parent = URL(filePath: path).deletingLastPathComponent().path
        let folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.unusable() }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw Self.unusable() }
    }

    private static func unusable() -> KeyFileProblem {
        .unusable(String(cString: strerror(errno)))
    }
}
