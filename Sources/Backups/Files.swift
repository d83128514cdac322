internal import Foundation
internal import Glibc

/// Files as a backup needs them: copied, hashed and synced.
enum Files {
    private static let piece = 1 << 20

    /// Copies a file, syncs the copy, and tells its length and hash.
    static func copy(
        _ source: String, to target: String, progress: (Int64) -> Void = { _ in }
    ) throws -> BackupManifest.File {
        let out = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard out >= 0 else { throw problem("cannot make", target) }
        defer { close(out) }
        let file = try read(source, progress: progress) { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(out, rest.baseAddress, rest.count)
                guard count > 0 else { throw problem("cannot write", target) }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
        guard fsync(out) == 0 else { throw problem("cannot sync", target) }
        return file
    }

    /// Reads a file and tells its length and hash.
    static func read(
        _ path: String, progress: (Int64) -> Void = { _ in },
        _ body: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) throws -> BackupManifest.File {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem("cannot open", path) }
        defer { close(descriptor) }
        var hash = SHA256()
        var count: Int64 = 0
        try withUnsafeTemporaryAllocation(byteCount: piece, alignment: 16) { buffer in
            while true {
                let length = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                guard length >= 0 else { throw problem("cannot read", path) }
                if length == 0 { return }
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<length])
                hash.update(bytes)
                try body(bytes)
                count += Int64(length)
                progress(count)
            }
        }
        return .init(
            name: (path as NSString).lastPathComponent, bytes: count, sha256: hash.finish())
    }

    /// Writes a small file and syncs it.
    static func write(_ bytes: Data, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw problem("cannot make", path) }
        defer { close(descriptor) }
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count == bytes.count else { throw problem("cannot write", path) }
        guard fsync(descriptor) == 0 else { throw problem("cannot sync", path) }
    }

    /// Syncs a file that is there.
    static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem("cannot open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw problem("cannot sync", path) }
    }

    /// Syncs which files are in a directory.
    static func syncDirectory(_ path: String) throws {
        let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem("cannot open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw problem("cannot sync", path) }
    }

    /// Makes a directory that only its owner may look into, where there is none.
    static func makeDirectory(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw problem("cannot make", path)
        }
    }

    /// What the last call failed with.
    static func problem(_ what: String, _ path: String) -> BackupProblem {
        let number = errno
        if number == ENOSPC || number == EDQUOT { return .noRoom(path: path) }
        return .failed("\(what) \(path): \(String(cString: strerror(number)))")
    }
}
