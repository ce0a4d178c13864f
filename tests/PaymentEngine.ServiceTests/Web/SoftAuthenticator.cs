using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PaymentEngine.ServiceTests.Web;

/// <summary>An authenticator in software: one P-256 key, a counter, a person who is always verified unless told otherwise.</summary>
sealed class SoftAuthenticator(string relyingParty = "localhost") : IDisposable
{
    const byte UserPresent = 1;
    const byte UserVerified = 4;
    const byte AttestedData = 64;

    readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly byte[] id = RandomNumberGenerator.GetBytes(32);
    byte[] userHandle = [];

    public uint Counter { get; set; }

    /// <summary>False: the key was touched and nobody checked by whom.</summary>
    public bool Verifies { get; set; } = true;

    /// <summary>Answers <c>navigator.credentials.create()</c>.</summary>
    public string Create(JsonElement options, string origin)
    {
        userHandle = Base64Url.DecodeFromChars(options.GetProperty("user").GetProperty("id").GetString());
        var clientData = ClientData("webauthn.create", options, origin);
        var attestation = new List<byte>();
        Map(attestation, 3);
        Text(attestation, "fmt");
        Text(attestation, "none");
        Text(attestation, "attStmt");
        Map(attestation, 0);
        Text(attestation, "authData");
        Bytes(attestation, [.. Data(AttestedData), .. new byte[16], 0, (byte)id.Length, .. id, .. PublicKey()]);
        return JsonSerializer.Serialize(new
        {
            id = Url(id), rawId = Url(id), type = "public-key", clientExtensionResults = new { },
            response = new { clientDataJSON = Url(clientData), attestationObject = Url([.. attestation]), transports = new[] { "internal" } },
        });
    }

    /// <summary>Answers <c>navigator.credentials.get()</c>.</summary>
    public string Get(JsonElement options, string origin)
    {
        Counter++;
        var clientData = ClientData("webauthn.get", options, origin);
        var data = Data(0);
        var signature = key.SignData([.. data, .. SHA256.HashData(clientData)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return JsonSerializer.Serialize(new
        {
            id = Url(id), rawId = Url(id), type = "public-key", clientExtensionResults = new { },
            response = new { clientDataJSON = Url(clientData), authenticatorData = Url(data), signature = Url(signature), userHandle = Url(userHandle) },
        });
    }

    public void Dispose() => key.Dispose();

    static string Url(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    static byte[] ClientData(string type, JsonElement options, string origin) =>
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { type, challenge = options.GetProperty("challenge").GetString(), origin, crossOrigin = false }));

    byte[] Data(byte flags)
    {
        var data = new byte[37];
        SHA256.HashData(Encoding.UTF8.GetBytes(relyingParty), data);
        data[32] = (byte)(flags | UserPresent | (Verifies ? UserVerified : 0));
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(33), Counter);
        return data;
    }

    // COSE: EC2 key, ES256, P-256, x, y.
    byte[] PublicKey()
    {
        var point = key.ExportParameters(false).Q;
        var cose = new List<byte>();
        Map(cose, 5);
        cose.AddRange([0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]);
        Bytes(cose, point.X!);
        cose.Add(0x22);
        Bytes(cose, point.Y!);
        return [.. cose];
    }

    static void Map(List<byte> to, int pairs) => to.Add((byte)(0xA0 | pairs));

    static void Text(List<byte> to, string text)
    {
        to.Add((byte)(0x60 | text.Length));
        to.AddRange(Encoding.ASCII.GetBytes(text));
    }

    static void Bytes(List<byte> to, byte[] bytes)
    {
        if (bytes.Length < 24) to.Add((byte)(0x40 | bytes.Length));
        else if (bytes.Length < 256) to.AddRange([0x58, (byte)bytes.Length]);
        else to.AddRange([0x59, (byte)(bytes.Length >> 8), (byte)(bytes.Length & 255)]);
        to.AddRange(bytes);
    }
}
