using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Cli.SequenceModels;

/// <summary>Token ids from the command line or from a file, separated by commas or white space.</summary>
internal static class TokenList
{
    private const int MostFindings = 20;

    /// <summary>Reads ids.</summary>
    /// <param name="text">The ids, or <c>@file</c>.</param>
    /// <exception cref="ModelException">The file cannot be read, or words are not whole numbers from 0 on; each with its place.</exception>
    public static int[] Read(string text)
    {
        string where = "--tokens";
        if (text.StartsWith('@'))
        {
            where = text[1..];
            try
            {
                text = File.ReadAllText(where);
            }
            catch (Exception fault) when (DurableFile.IsFault(fault))
            {
                throw new ModelException(where, $"the file cannot be read: {fault.Message}");
            }
        }

        var findings = new FindingList();
        if (text.AsSpan().Trim().IsEmpty)
        {
            throw new ModelException(where, "there are no tokens", "Write for instance --tokens 1,5,7, or --tokens @ids.txt.");
        }

        string[] words = [.. text.Trim().Split(',').SelectMany(Words)];
        var ids = new int[words.Length];
        for (int i = 0; i < words.Length && findings.Count < MostFindings; i++)
        {
            if (!int.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out ids[i]))
            {
                findings.Error($"{where}, word {i + 1}", $"'{words[i]}' is not a token id", "Ids are whole numbers from 0 on, separated by commas.");
            }
        }

        return findings.Count == 0 ? ids : throw new ModelException(findings.ToImmutable());
    }

    /// <summary>Words between two commas; an empty one if there is nothing.</summary>
    private static string[] Words(string part)
    {
        string[] words = part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 ? words : [""];
    }
}
