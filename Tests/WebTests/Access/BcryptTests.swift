import TestSupport
import Testing

@testable import Web

@Suite("bcrypt")
struct BcryptTests {
    @Test(
        "a hash fits its password and no other",
        arguments: [
            (WebExample.Hash.horse, "correct horse"), (WebExample.Hash.staple, "battery staple"),
            (WebExample.Hash.colon, "pa:ss wörd"),
            // What htpasswd writes differs in its mark alone.
            (WebExample.Hash.horse.replacing("$2b$", with: "$2y$"), "correct horse"),
        ])
    func fits(hash: String, password: String) throws {
        let hash = try BcryptHash(parsing: hash)
        #expect(Bcrypt.fits(Array(password.utf8), hash))
        for other in [password + " ", String(password.dropLast()), "", password.uppercased()] {
            #expect(!Bcrypt.fits(Array(other.utf8), hash))
        }
    }

    @Test("a NUL does not end a password early")
    func nul() throws {
        let hash = try BcryptHash(parsing: WebExample.Hash.horse)
        #expect(!Bcrypt.fits(Array("correct horse\0".utf8), hash))
        #expect(!Bcrypt.fits(Array("correct horse\0and more".utf8), hash))
    }

    @Test("of a long password the first 72 bytes count, however long it is")
    func long() throws {
        let hash = try BcryptHash(parsing: "$2b$04$zzzzzzzzzzzzzzzzzzzzzuzHdgGNwBj/e1D8auzP2AYtSPC4uqmQK")
        let letter = UInt8(ascii: "a")
        #expect(!Bcrypt.fits([UInt8](repeating: letter, count: 71), hash))
        for count in [72, 73, 100_000] { #expect(Bcrypt.fits([UInt8](repeating: letter, count: count), hash)) }
    }

    @Test("a salt with bits set that bcrypt does not use is the same salt")
    func unusedBits() throws {
        // The last character of the salt stands for two bits only: O and P begin with the same.
        let hash = try BcryptHash(parsing: "$2b$04$ABCDEFGHIJKLMNOPQRSTUPxSp6BGP1YMaB8yYtlMxEGqUVNp9wtu2")
        #expect(Bcrypt.fits(Array("battery staple".utf8), hash))
    }

    @Test("the cost is read, and the hash not shown")
    func shown() throws {
        let hash = try BcryptHash(parsing: WebExample.Hash.colon)
        #expect(hash.cost == 5)
        #expect(!"\(hash)".contains("$2b$"))
    }
}
