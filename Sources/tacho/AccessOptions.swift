import Access
import ArgumentParser
import Foundation

/// The key that an installation signs with.
struct KeyOptions: ParsableArguments {
    @Option(
        name: .customLong("key"),
        help: """
            File of the installation's private key, the same for every process of it \
            (TACHO_KEY_FILE; key.pem in --data, made where it is missing).
            """)
    var keyFile: String?

    private var path: String? { keyFile ?? Environment.text("KEY_FILE") }

    /// The key that is named, or the directory's own, which is made where there is none.
    ///
    /// - Throws: ``Refused`` with what to do.
    func readOrMake(in installation: Installation) async throws -> InstallationKey {
        if let path { return try await Self.read(path, .group) }
        let own = installation.path(Self.name)
        do { return try await KeyFile.readOrMake(own) } catch { throw Self.refusal(error, own) }
    }

    /// The key that is named, or the directory's own; nil where it has none.
    ///
    /// - Throws: ``Refused`` where there is one that cannot be used.
    func find(in directory: String) async throws -> InstallationKey? {
        if let path { return try await Self.read(path, .group) }
        let own = URL(filePath: directory).appending(path: Self.name).path
        do {
            return try await KeyFile.read(own, readers: .owner)
        } catch KeyFileProblem.missing {
            return nil
        } catch { throw Self.refusal(error, own) }
    }

    private static let name = "key.pem"

    private static func read(
        _ path: String, _ readers: KeyFile.Readers
    ) async throws -> InstallationKey {
        do {
            return try await KeyFile.read(path, readers: readers)
        } catch { throw refusal(error, path) }
    }

    private static func refusal(_ problem: any Error, _ path: String) -> Refused {
        switch problem {
        case KeyFileProblem.notAKey:
            Refused(
                """
                \(path) is no Ed25519 private key in PEM: `openssl genpkey -algorithm ed25519 -out \
                FILE` makes one
                """)
        case KeyFileProblem.readable(let mode):
            Refused(
                """
                the key \(path) may be read by others (mode \(String(mode, radix: 8))): \
                `chmod 600 \(path)`
                """)
        case KeyFileProblem.missing: Refused("there is no key \(path): name another with --key")
        case KeyFileProblem.unusable(let reason): Refused("the key \(path): \(reason)")
        default: Refused("the key \(path): \(problem)")
        }
    }
}

/// Another issuer whose tokens are taken.
struct IssuerOptions: ParsableArguments {
    @Option(
        help: """
            Where another issuer's keys are: a JSON Web Key Set as a file or an address of http or \
            https, read again every ten minutes (TACHO_JWKS; none).
            """)
    var jwks: String?

    @Option(help: "That issuer, as its tokens name it in iss (TACHO_ISSUER; none).")
    var issuer: String?

    @Option(help: "Whom its tokens must be meant for, in aud (TACHO_AUDIENCE; none).")
    var audience: String?

    /// The issuer that is named; nil where none is.
    func named() throws -> TrustedIssuer? {
        let parts = [
            jwks ?? Environment.text("JWKS"), issuer ?? Environment.text("ISSUER"),
            audience ?? Environment.text("AUDIENCE"),
        ].compactMap(\.self)
        guard !parts.isEmpty else { return nil }
        guard parts.count == 3 else {
            throw ValidationError("--jwks, --issuer and --audience go together: say all three")
        }
        guard let source = KeySource(parts[0]) else {
            throw ValidationError("--jwks is \"\(parts[0])\", allowed is \(KeySource.allowed)")
        }
        guard parts[1] != InstallationKey.issuer else {
            throw ValidationError(
                "--issuer is \(parts[1]), which stands for the installation's own key")
        }
        return TrustedIssuer(name: parts[1], audience: parts[2], source: source)
    }
}

/// An issuer whose tokens are taken beside the installation's own.
struct TrustedIssuer {
    let name: String
    let audience: String
    let source: KeySource
}
