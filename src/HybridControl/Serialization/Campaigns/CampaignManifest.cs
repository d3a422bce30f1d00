using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Serialization.Campaigns;

/// <summary>What a campaign computes, as the file that lies in its folder. Its bytes depend on nothing but its content.</summary>
internal sealed class CampaignManifest
{
    public const string FileName = "campaign.json";

    private const string Format = "hybrid-campaign";
    private const int Version = 1;
    private const int MostDifferences = 8;
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private readonly JsonObject _root;

    private CampaignManifest(JsonObject root)
    {
        _root = root;
        Bytes = Encoding.UTF8.GetBytes(root.ToJsonString(Layout) + "\n");
        Hash = SHA256.HashData(Bytes);
    }

    /// <summary>The file.</summary>
    public byte[] Bytes { get; }

    /// <summary>SHA-256 of the file: the origin of every shard.</summary>
    public byte[] Hash { get; }

    /// <summary>The plan as JSON.</summary>
    public string Plan => _root["plan"]!.ToJsonString();

    /// <summary>Kind of the back-end that computes every shard.</summary>
    public string Backend => (string)_root["backend"]!;

    /// <summary>The number of trajectories.</summary>
    public long Trajectories => (long)_root["trajectories"]!;

    /// <summary>Blocks of a shard.</summary>
    public int ShardBlocks => (int)_root["shardBlocks"]!;

    /// <summary>The manifest of a new campaign.</summary>
    public static CampaignManifest Create(string plan, EnsembleLayout layout, long trajectories, string backend, int shardBlocks)
    {
        JsonNode planNode = JsonNode.Parse(plan)!;
        return new(new JsonObject
        {
            ["format"] = Format,
            ["version"] = Version,
            ["library"] = LibraryVersion,
            ["backend"] = backend,
            ["trajectories"] = trajectories,
            ["blocks"] = EnsembleBlock.CountOf(trajectories),
            ["shardBlocks"] = shardBlocks,
            ["columns"] = Convert.ToHexStringLower(BlockFormat.HashOf(layout)),
            ["planHash"] = HashOf(planNode),
            ["modelHash"] = planNode is JsonObject fields && fields["model"] is { } model ? HashOf(model) : null,
            ["plan"] = planNode,
        });
    }

    /// <summary>Reads the manifest of a folder; null if there is none.</summary>
    /// <exception cref="ModelException">There is one, and it cannot be used.</exception>
    public static CampaignManifest? TryLoad(string folder)
    {
        string path = Path.Combine(folder, FileName);
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            throw DurableFile.Unreadable(path, fault);
        }

        JsonObject? root = null;
        try
        {
            root = JsonNode.Parse(content) as JsonObject;
        }
        catch (JsonException)
        {
            // Reported below with everything else that is no manifest.
        }

        if (root is null || !Has(root, "format", Format))
        {
            throw new ModelException(path, "this is no manifest of a campaign", "Name the folder of a campaign, or a new one.");
        }

        if (!Has(root, "version", Version))
        {
            throw new ModelException(path, $"the campaign has format {root["version"]?.ToJsonString() ?? "none"}, this library reads {Version}",
                "Continue it with the version that began it.");
        }

        var manifest = new CampaignManifest(root);
        return manifest.IsIntact(content) ? manifest : throw new ModelException(path, "the manifest was changed after the campaign began",
            "Restore the file; to compute something else, begin a campaign in a new folder.");
    }

    /// <summary>Refuses to add to a campaign that another version began: its numbers may differ by rounding.</summary>
    /// <exception cref="ModelException">The versions differ.</exception>
    public void ThrowIfOfAnotherVersion(string folder)
    {
        string theirs = (string?)_root["library"] ?? "unknown";
        if (theirs != LibraryVersion)
        {
            throw new ModelException(folder, $"the campaign was begun with version {theirs} of the library, this is {LibraryVersion}",
                "Continue with the version that began it, or begin a campaign in a new folder.");
        }
    }

    /// <summary>What differs from another manifest, by path: "plan.seed: 1 there, 2 here".</summary>
    public IEnumerable<string> DifferencesTo(CampaignManifest other)
    {
        var differences = new List<string>();
        Compare("", _root, other._root, differences);
        IEnumerable<string> told = differences.Where(line => !line.StartsWith("planHash", StringComparison.Ordinal) &&
            !line.StartsWith("modelHash", StringComparison.Ordinal) && !line.StartsWith("columns", StringComparison.Ordinal));
        string[] all = [.. told];
        return all.Length <= MostDifferences
            ? all
            : [.. all.Take(MostDifferences), FormattableString.Invariant($"{all.Length - MostDifferences} more differences")];
    }

    private static string LibraryVersion =>
        (typeof(CampaignManifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    private static string HashOf(JsonNode node) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(node.ToJsonString())));

    private static bool Has(JsonObject root, string name, JsonNode value) => JsonNode.DeepEquals(root[name], value);

    // The hash of the plan stands beside it, and every entry that is read must have its kind.
    private bool IsIntact(byte[] content)
    {
        bool kinds = _root["plan"] is JsonObject && Is<string>("backend") && Is<string>("planHash") && Is<long>("trajectories") && Is<int>("shardBlocks");
        return kinds && content.AsSpan().SequenceEqual(Bytes) && (string)_root["planHash"]! == HashOf(_root["plan"]!) &&
            Trajectories > 0 && ShardBlocks > 0;
    }

    private bool Is<T>(string name) => _root[name] is JsonValue value && value.TryGetValue<T>(out _);

    private static void Compare(string path, JsonNode? theirs, JsonNode? ours, List<string> differences)
    {
        if (theirs is JsonObject a && ours is JsonObject b)
        {
            foreach (string name in a.Select(entry => entry.Key).Union(b.Select(entry => entry.Key)))
            {
                Compare(path.Length == 0 ? name : $"{path}.{name}", a[name], b[name], differences);
            }
        }
        else if (theirs is JsonArray x && ours is JsonArray y && x.Count == y.Count)
        {
            for (int i = 0; i < x.Count; i++)
            {
                Compare(FormattableString.Invariant($"{path}[{i}]"), x[i], y[i], differences);
            }
        }
        else if (!JsonNode.DeepEquals(theirs, ours))
        {
            differences.Add($"{path}: {Shown(theirs)} there, {Shown(ours)} here");
        }
    }

    private static string Shown(JsonNode? node)
    {
        const int longest = 40;
        string text = node?.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "nothing";
        return text.Length <= longest ? text : $"{text[..longest]}...";
    }
}
