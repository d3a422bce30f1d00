using System.Text;

namespace HybridControl.Tests.Serialization.Fuzzing;

/// <summary>Damages an input as editors, disks and attackers do: bytes, numbers, brackets, pieces of other inputs.</summary>
internal static class Mutator
{
    private const int MostChanges = 4;
    private const int Longest = 200_000;

    private static readonly string[] Numbers =
    [
        "1e999", "-1e999", "1e-400", "-0", "0", "NaN", "99999999999999999999999999", "0.1e", "1.7976931348623157e308", "5e-324", "2147483648", "1e", "-", "..",
    ];

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "\0", "\ufeff", "null", "true", "(", ")", "+", "-", "*", "/", "^", "<=", "&", "|", "!", "select(",
        "min(", "max(", "abs(", "mod(", "crosses(", "sin", " ", "\n", "t", "1", "//", "\u00b5", "\U0001F680", "der", "e", ".", "''",
    ];

    /// <summary>A damaged copy.</summary>
    /// <param name="source">The input.</param>
    /// <param name="other">Another input, to take pieces from.</param>
    /// <param name="random">Draws.</param>
    public static byte[] Mutate(byte[] source, byte[] other, Random random)
    {
        byte[] bytes = source;
        for (int changes = random.Next(1, MostChanges + 1); changes > 0; changes--)
        {
            bytes = Change(bytes, other, random);
        }

        return bytes.Length <= Longest ? bytes : bytes[..Longest];
    }

    private static byte[] Change(byte[] bytes, byte[] other, Random random)
    {
        int at = random.Next(bytes.Length + 1);
        int length = Math.Min(random.Next(1, 1 << random.Next(1, 12)), bytes.Length - at);
        byte[] left = bytes[..at];
        byte[] rest = bytes[at..];
        return random.Next(12) switch
        {
            0 when bytes.Length > 0 => Flip(bytes, random),
            1 => [.. left, .. rest.AsSpan(length)],
            2 => [.. left, .. rest.AsSpan(0, length), .. rest],
            3 => left,
            4 => [.. left, .. Piece(other, random), .. rest.AsSpan(length)],
            5 => [.. left, .. Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]), .. rest],
            6 => ReplaceNumber(bytes, at, random),
            7 => [.. left, .. Deep(random), .. rest],
            8 => [.. left, .. Noise(random), .. rest],
            9 => Swap(bytes, random),
            10 => ReplaceWord(bytes, at, other, random),
            _ => [.. left, .. Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]), .. rest.AsSpan(Math.Min(length, 8))],
        };
    }

    private static byte[] Flip(byte[] bytes, Random random)
    {
        byte[] copy = [.. bytes];
        copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }

    private static byte[] Swap(byte[] bytes, Random random)
    {
        int a = random.Next(bytes.Length + 1), b = random.Next(bytes.Length + 1), c = random.Next(bytes.Length + 1);
        int[] cuts = [a, b, c];
        Array.Sort(cuts);
        return [.. bytes.AsSpan(0, cuts[0]), .. bytes.AsSpan(cuts[1]..cuts[2]), .. bytes.AsSpan(cuts[0]..cuts[1]), .. bytes.AsSpan(cuts[2])];
    }

    private static ReadOnlySpan<byte> Piece(byte[] other, Random random)
    {
        int at = random.Next(other.Length + 1);
        return other.AsSpan(at, Math.Min(random.Next(1, 200), other.Length - at));
    }

    // The same bracket, function or sign many times over: what recursion would drown in.
    private static byte[] Deep(Random random)
    {
        string[] openers = ["(", "[", "{\"a\":", "-", "!", "sin(", "select(x>0,", "\"", "x^", "1+", "min(1,", "2*("];
        string opener = openers[random.Next(openers.Length)];
        var text = new StringBuilder();
        for (int count = 1 << random.Next(1, 16); count > 0 && text.Length < Longest; count--)
        {
            text.Append(opener);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[random.Next(1, 33)];
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = (byte)random.Next(256);
        }

        return noise;
    }

    private static byte[] ReplaceNumber(byte[] bytes, int from, Random random)
    {
        int at = from;
        while (at < bytes.Length && !char.IsAsciiDigit((char)bytes[at]))
        {
            at++;
        }

        int end = at;
        while (end < bytes.Length && (char.IsAsciiDigit((char)bytes[end]) || bytes[end] is (byte)'.' or (byte)'e' or (byte)'-'))
        {
            end++;
        }

        return [.. bytes.AsSpan(0, at), .. Encoding.UTF8.GetBytes(Numbers[random.Next(Numbers.Length)]), .. bytes.AsSpan(end)];
    }

    private static byte[] ReplaceWord(byte[] bytes, int from, byte[] other, Random random)
    {
        (int at, int end) = Word(bytes, from);
        (int start, int stop) = Word(other, random.Next(other.Length + 1));
        return [.. bytes.AsSpan(0, at), .. other.AsSpan(start..stop), .. bytes.AsSpan(end)];
    }

    private static (int Start, int End) Word(byte[] bytes, int from)
    {
        int at = from;
        while (at < bytes.Length && !char.IsAsciiLetter((char)bytes[at]))
        {
            at++;
        }

        int end = at;
        while (end < bytes.Length && char.IsAsciiLetterOrDigit((char)bytes[end]))
        {
            end++;
        }

        return (at, end);
    }
}
