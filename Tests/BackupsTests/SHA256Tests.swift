import Backups
import Testing

@Test(
    arguments: [
        ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ] as [(String, Int, String)])
func `hashes are those of FIPS 180-4, in whatever pieces the bytes come`(
    text: String, times: Int, hash: String
) {
    let bytes = Array(String(repeating: text, count: times).utf8)
    for piece in [1, 63, 64, 65, 1 << 20] where piece > 1 || bytes.count < 1_000 {
        var sha = SHA256()
        for start in stride(from: 0, to: bytes.count, by: piece) {
            bytes[start..<min(bytes.count, start + piece)].withUnsafeBytes { sha.update($0) }
        }
        #expect(sha.finish() == hash, "pieces of \(piece)")
    }
}
