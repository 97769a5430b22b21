package postgres

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// poolSize is the default of the URL's pool_max_conns. More connections than
// this gain nothing until the server has many cores.
const poolSize = 16

// schemaName keeps a schema's name free of anything that needs quoting.
var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// Connect opens a pool on a database whose tables live in schema.
func Connect(ctx context.Context, url, schema string) (*pgxpool.Pool, error) {
	return ConnectAs(ctx, url, schema, ServerName(schema))
}

// ServerName is what the connections of a schema's servers are called, so that a
// tool can ask whether one runs.
func ServerName(schema string) string { return "arise " + schema }

// ConnectAs is Connect under another name, for a tool, and with what a server adds
// to watch its queries.
func ConnectAs(ctx context.Context, url, schema, name string, change ...func(*pgxpool.Config)) (*pgxpool.Pool, error) {
	config, err := configure(url, schema)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.RuntimeParams["application_name"] = name
	for _, c := range change {
		c(config)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	return pool, nil
}

func configure(url, schema string) (*pgxpool.Config, error) {
	if !schemaName.MatchString(schema) {
		return nil, fmt.Errorf("DATABASE_SCHEMA %q: use lower-case letters, digits and _", schema)
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read DATABASE_URL: %w", err)
	}
	if given, err := pgx.ParseConfig(url); err == nil && given.RuntimeParams["pool_max_conns"] == "" {
		config.MaxConns = poolSize
	}
	config.ConnConfig.RuntimeParams["search_path"] = schema
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	// A transaction that somebody forgot would hold back the feed: see FeedFacts.
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "60s"
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		idType(conn.TypeMap())
		listTypes(conn.TypeMap())
		conn.TypeMap().RegisterType(&pgtype.Type{
			Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
		})
		return nil
	}
	return config, nil
}
